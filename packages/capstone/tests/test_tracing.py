"""groundup.tracing: the story of a request, and none where nobody asked."""

from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup.tracing import Story, tell
from groundup_middleware import nonblocking
from groundup_orm import Database
from groundup_templating import DictLoader, Environment


def make() -> Application:
    database = Database("sqlite://")
    app = Application(database=database, templates=Environment(DictLoader({"a.html": "{{ a }}"})))

    @app.use
    async def outer(request: Request, next: Any) -> Response:
        response: Response = await next()
        return response

    @app.use
    def plain(request: Request, next: Any) -> Response:
        response: Response = next()
        return response

    @app.use
    @nonblocking
    def passing(request: Request, next: Any) -> Any:
        return next()

    @app.get("/page", middleware=[outer])
    def page(request: Request) -> Response:
        database.fetch_one("SELECT 42")
        return app.render("a.html", {"a": 1})

    @app.get("/fails")
    async def fails(request: Request) -> Response:
        raise LookupError

    return app


def without_times(story: Story) -> list[str]:
    return [line.partition(" ms  ")[2].partition("  (")[0] for line in story.lines]


async def test_layers_sql_and_templates_are_told_in_their_order() -> None:
    app = make()
    story = tell(app)

    response = await app.handle(Request("GET", "/page"))

    assert response.text == "1"
    lines = without_times(story)
    starts = [line.strip().split(" in ")[0].split(" [")[0] for line in lines]
    assert starts == [
        "→ make.outer",
        "→ make.plain",
        "· make.passing",
        "→ make.outer",
        "→ page",
        "SQL SELECT 42",
        "template a.html: 1 characters",
        "← page 200",
        "← make.outer 200",
        "← make.plain 200",
        "← make.outer 200",
    ]
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 4, 4, 6, 8, 8, 6, 4, 2, 0]


async def test_an_error_is_told_where_it_was_raised() -> None:
    app = make()
    story = tell(app)

    response = await app.handle(Request("GET", "/fails"))

    assert response.status == 500
    lines = [line.strip() for line in without_times(story)]
    assert "← fails raised" in lines
    assert lines[-1] == "← make.outer 500"


async def test_a_layer_that_raises_is_told(caplog: pytest.LogCaptureFixture) -> None:
    app = make()

    @app.use
    def broken(request: Request, next: Any) -> Response:
        raise LookupError

    story = tell(app)
    await app.handle(Request("GET", "/page"))

    assert any("broken raised" in line for line in story.lines)


async def test_mounted_handlers_and_sockets_are_told_once() -> None:
    app = make()

    async def inner(request: Request) -> Response:
        return Response(200, request.path)

    @app.websocket("/ws")
    async def talk(ws: Any, request: Request) -> None: ...

    app.mount("/in", inner)
    story = tell(app)

    assert (await app.handle(Request("GET", "/in/x"))).text == "/x"
    assert sum("→ inner" in line for line in story.lines) == 1


async def test_without_a_story_nothing_is_wrapped() -> None:
    app = make()
    layers, templates = list(app.layers), app.templates

    await app.handle(Request("GET", "/page"))

    assert app.layers == layers
    assert app.templates is templates
