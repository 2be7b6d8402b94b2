"""Two paths for whoever watches the site: a load balancer, an orchestrator, a person.

/healthz   200 while the process answers at all: restart it when this fails
/readyz    200 while it wants requests, 503 once it is shutting down or its database is gone
"""

import logging

from groundup.application import Application
from groundup_messages import Request, Response
from groundup_middleware import call_in_thread
from groundup_orm import Database, DatabaseError

__all__ = ["add_health_routes"]

logger = logging.getLogger("groundup.health")

NO_STORE = {"Cache-Control": "no-store"}


def add_health_routes(app: Application) -> None:
    """Add ``/healthz`` and ``/readyz`` to an application."""

    @app.get("/healthz", name="healthz")
    async def healthz(_request: Request) -> Response:
        return Response(200, "ok\n", NO_STORE)

    @app.get("/readyz", name="readyz")
    async def readyz(_request: Request) -> Response:
        if app.draining:
            return Response(503, "shutting down\n", NO_STORE)
        if isinstance(app.db, Database) and not await call_in_thread(answers, app.db):
            return Response(503, "no database\n", NO_STORE)
        return Response(200, "ready\n", NO_STORE)


def answers(database: Database) -> bool:
    """Return whether a database answers."""
    try:
        database.fetch_one("SELECT 1")
    except DatabaseError:
        logger.exception("database does not answer")
        return False
    return True
