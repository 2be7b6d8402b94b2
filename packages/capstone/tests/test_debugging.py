"""groundup.debugging: the error, the way of its request, and the chapter it belongs to."""

from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup.debugging import find_way


class Plain:
    """A router that cannot explain."""

    def add(self, pattern: str, handler: Any, /, **options: Any) -> None:
        self.handler = handler

    def match(self, path: str, method: str | None = None, /) -> dict[str, Any] | None:
        return {"handler": self.handler, "params": {}} if path == "/" else None


async def split_header(request: Request) -> Response:
    return Response(200, headers={"X-Name": "a\r\nb"})


async def outer_layer(request: Request, next: Any) -> Response:
    response: Response = await next()
    return response


def make(**options: Any) -> Application:
    app = Application(**options)
    app.use(outer_layer)
    app.post("/users/:id")(split_header)
    return app


async def ask(app: Application, path: str, accept: str = "text/html") -> Any:
    return await app.handle(Request("POST", path, {"Accept": accept}))


@pytest.mark.parametrize("debug", [True, False])
async def test_the_way_and_the_chapter_are_shown_in_debug_mode_only(debug: bool) -> None:
    app = make(debug=debug, course_url="http://localhost:8001/")

    response = await ask(app, "/users/7")

    assert response.status == 500
    for part in ("outer_layer", "split_header", "/users/:id", "http://localhost:8001/"):
        assert (part in response.text) is debug


async def test_a_program_that_takes_no_html_gets_the_trace_in_debug_mode() -> None:
    response = await ask(make(debug=True), "/users/7", "application/json")

    assert "outer_layer" in response.text
    assert response.headers["Content-Type"].startswith("application/")


async def test_a_way_without_route_or_reasons_is_told_as_far_as_it_went() -> None:
    app = Application(router=Plain())
    app.use(outer_layer)
    app.get("/")(split_header)

    found = find_way(app, Request("GET", "/"))
    lost = find_way(app, Request("GET", "/nowhere"))

    assert (found.handler, found.explanation) == (split_header, "")
    assert (lost.handler, list(lost.layers)) == (None, [outer_layer])
