"""groundup.health: alive, and ready."""

import pytest

from groundup import Application, Request
from groundup.health import add_health_routes
from groundup_orm import Database


async def ask(app: Application, path: str) -> tuple[int, str]:
    response = await app.handle(Request("GET", path))
    assert response.headers["Cache-Control"] == "no-store"
    return response.status, response.text


async def test_it_is_ready_until_it_drains() -> None:
    app = Application()
    add_health_routes(app)
    await app.startup()

    assert await ask(app, "/healthz") == (200, "ok\n")
    assert await ask(app, "/readyz") == (200, "ready\n")
    await app.drain()
    assert await ask(app, "/readyz") == (503, "shutting down\n")
    assert await ask(app, "/healthz") == (200, "ok\n")


async def test_it_is_not_ready_without_its_database(caplog: pytest.LogCaptureFixture) -> None:
    database = Database("sqlite://")
    app = Application(database=database)
    add_health_routes(app)

    assert await ask(app, "/readyz") == (200, "ready\n")
    database.close()
    assert await ask(app, "/readyz") == (503, "no database\n")
    assert "database does not answer" in caplog.text
