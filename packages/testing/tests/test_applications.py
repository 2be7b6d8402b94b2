"""groundup_testing.applications: what can be tested, and what it raised."""

from typing import Any

import pytest

from groundup_asyncserver import ASGIHandler
from groundup_messages import Request, Response
from groundup_testing import TestClient
from groundup_testing.applications import find_handler, find_lifespan, is_asgi


class ASGIApp:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class ByMethod:
    """A framework's application, with its handler as a method."""

    streams_body = True

    async def handle(self, request: Request) -> Response:
        await request.load()
        return Response(200, request.body)


def asgi(scope: Any, receive: Any, send: Any, more: Any = None) -> None: ...
def plain(request: Any) -> None: ...
def optional(request: Any, one: Any = 1, two: Any = 2) -> None: ...
def anything(*call: Any) -> None: ...


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (ASGIApp(), True),
        (asgi, True),
        (plain, False),
        (anything, False),
        (optional, False),
        (print, False),
    ],
)
def test_asgi_is_known_by_its_signature(app: Any, expected: bool) -> None:
    assert is_asgi(app) is expected
    assert isinstance(find_handler(app), ASGIHandler) is expected


def test_an_object_with_a_handler_will_do() -> None:
    with TestClient(ByMethod()) as client:
        assert client.post("/", content=b"body").body == b"body"


def test_a_handler_without_a_life_has_none() -> None:
    assert find_lifespan(lambda request: Response(200, "")) is None


def test_errors_are_kept_whatever_kind_of_handler_raises() -> None:
    def raises(request: Request) -> Response:
        raise ValueError("plain")

    async def waits(request: Request) -> Response:
        raise ValueError("async")

    def hands_on(request: Request) -> Any:
        return waits(request)

    def answers(request: Request) -> Response:
        response = Response(503, "later")
        response.error = ValueError("made an answer of")
        return response

    found: list[str] = []
    for handler in (raises, waits, hands_on, answers):
        with TestClient(handler) as client:
            found.append(str(client.get("/").error))

    assert found == ["plain", "async", "async", "made an answer of"]
