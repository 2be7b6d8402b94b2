"""Project 14: the block, verbatim, and its promise: waiting requests do not wait for each other."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from groundup import Application, NotFoundError, Response
from groundup_orm import Database
from groundup_testing import TestClient

BLOCK = """\
# Async route handler
@app.route("/api/users/:id", "GET")
async def get_user(request):
    user_id = request.params["id"]

    # Async database query (non-blocking)
    user = await db.query("SELECT * FROM users WHERE id = ?", user_id)
    if not user:
        raise NotFoundError("User")

    # Async external API call
    github = await http.get(f"https://api.github.com/users/{user['github']}")

    return Response(200, json.dumps({
        "user": user,
        "github": github
    }))

# Async middleware
@app.use
async def logging_middleware(request, next):
    start = time.time()

    response = await next()

    duration = time.time() - start
    logger.info(f"{request.method} {request.path} took {duration:.2f}s")

    return response
"""


class Http:
    """Stands for the other site: it answers after a while, as other sites do."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def get(self, url: str) -> dict[str, str]:
        self.asked.append(url)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.2)
        self.at_once -= 1
        return {"login": url.rpartition("/")[2]}


@pytest.fixture
def http() -> Http:
    return Http()


@pytest.fixture
def app(
    http: Http, tmp_path: Any, run_block: Callable[..., tuple[dict[str, Any], str]]
) -> Application:
    db = Database(f"sqlite:///{tmp_path / 'users.db'}")
    db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, github TEXT)")
    db.execute("INSERT INTO users VALUES (1, 'Alice', 'alice-gh')")
    app = Application()
    app.on_shutdown(db.close)
    names = {"Response": Response, "NotFoundError": NotFoundError, "json": json, "time": time}
    logger = logging.getLogger("seed")
    run_block(BLOCK, app=app, db=db, http=http, logger=logger, **names)
    return app


def test_block(app: Application, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(app) as client, caplog.at_level(logging.INFO, "seed"):
        response = client.get("/api/users/1")
        missing = client.get("/api/users/2")

    assert response.status == 200
    assert response.json["github"] == {"login": "alice-gh"}
    assert response.json["user"] == [{"id": 1, "name": "Alice", "github": "alice-gh"}]
    assert http.asked == ["https://api.github.com/users/alice-gh"]
    assert missing.status == 404
    assert "GET /api/users/1 took 0." in caplog.text


async def test_hundreds_wait_at_the_same_time(app: Application, http: Http) -> None:
    from groundup import Request

    await app.startup()
    responses = await asyncio.gather(
        *(app.handle(Request("GET", "/api/users/1")) for _ in range(300))
    )
    await app.shutdown()

    assert {response.status for response in responses} == {200}
    assert http.most_at_once > 100
