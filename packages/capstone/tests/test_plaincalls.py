"""groundup.plaincalls: one application, called without an event loop; more in test_threads."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from groundup import Application, Request, Response
from groundup.plaincalls import PlainCalls, find_plain, finish
from groundup_middleware import Pipeline
from groundup_staticfiles import StaticFiles


def hello(request: Request) -> Response:
    return Response(200, f"hello {request.params['name']}")


def test_a_sync_route_is_answered_where_no_loop_runs() -> None:
    app = Application()
    app.get("/hello/:name")(hello)

    response = PlainCalls(app).handle(Request("GET", "/hello/ada"))

    assert (response.status, response.text) == (200, "hello ada")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("PUT", "/a", 405)])
def test_what_has_no_route_is_answered_as_by_the_application(
    method: str, path: str, status: int
) -> None:
    app = Application()
    app.get("/a")(hello)
    request = Request(method, path)

    response: Any = Pipeline().run_sync(request, PlainCalls(app).handle)  # which lends this thread

    assert response.status == status
    assert response.text == asyncio.run(app.handle(Request(method, path))).text


def test_handlers_that_have_a_half_for_threads_are_found(tmp_path: Path) -> None:
    files, app = StaticFiles(tmp_path), Application()

    assert find_plain(files) == files.respond
    assert isinstance(find_plain(app.handle).__self__, PlainCalls)
    assert find_plain(hello) is hello


def test_an_application_with_a_handle_of_its_own_keeps_it() -> None:
    class Mine(Application):
        async def handle(self, request: Request) -> Response:
            return Response(204)

    app = Mine()

    assert find_plain(app.handle) == app.handle


def test_a_coroutine_that_waits_for_nothing_is_finished_at_once() -> None:
    async def answer() -> int:
        return 7

    assert finish(answer()) == 7


def test_a_coroutine_that_waits_is_refused() -> None:
    ended: list[str] = []

    async def wait() -> Any:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append("closed")

    with pytest.raises(RuntimeError, match="must not wait for an event loop"):
        finish(wait())
    assert ended == ["closed"]
