"""groundup.endpoints: what the router holds for a route."""

import functools
from typing import Any

from groundup import Request, Response
from groundup.endpoints import Endpoint


def handler(request: Request) -> Response:
    return Response(200)


class Callable_:
    def __call__(self, request: Request) -> Response:
        return Response(200)


@functools.wraps(handler)
def wrapped(request: Request) -> Any:
    return handler(request)


def test_it_knows_where_its_handler_stands() -> None:
    line = handler.__code__.co_firstlineno

    assert Endpoint(handler).place.endswith(f"test_endpoints.py:{line}")
    assert Endpoint(wrapped).place == Endpoint(handler).place
    assert "test_endpoints.py:" in Endpoint(Callable_()).place


def test_what_has_no_source_has_no_place() -> None:
    assert Endpoint(print).place == "(built in)"


def test_it_has_a_name_for_listings() -> None:
    assert Endpoint(handler).label == "handler"
    assert Endpoint(Callable_()).label == "Callable_"
