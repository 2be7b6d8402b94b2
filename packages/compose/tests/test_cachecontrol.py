"""groundup_compose.cachecontrol: said once, and only where it is true."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import cache_control
from groundup_middleware import Layer, Pipeline, nonblocking
from groundup_response import Response


async def send(layer: Layer, request: Any, response: Response) -> str | None:
    answer = await Pipeline([layer]).handle(request, nonblocking(lambda _: response))
    return answer.headers.get("Cache-Control")


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"max_age": 60}, "max-age=60"),
        ({"max_age": 0}, "max-age=0"),
        ({"no_store": True}, "no-store"),
        ({"private": True, "no_cache": True}, "private, no-cache"),
        (
            {"public": True, "immutable": True, "max_age": 9, "s_maxage": 5},
            "public, immutable, max-age=9, s-maxage=5",
        ),
        (
            {"must_revalidate": True, "stale_while_revalidate": 3},
            "must-revalidate, stale-while-revalidate=3",
        ),
    ],
)
async def test_directives_are_written_out(
    options: Any, value: str, make_request: Callable[..., Any]
) -> None:
    assert await send(cache_control(**options), make_request(), Response(200)) == value


@pytest.mark.parametrize(
    ("method", "status", "marked"),
    [("GET", 200, True), ("HEAD", 200, True), ("GET", 404, True), ("POST", 200, False)]
    + [("GET", status, False) for status in (201, 302, 400, 401, 403, 500, 503)],
)
async def test_only_what_caches_keep_is_marked(
    method: str, status: int, marked: bool, make_request: Callable[..., Any]
) -> None:
    found = await send(cache_control(max_age=1), make_request(method), Response(status))

    assert (found is not None) is marked


async def test_what_a_response_says_itself_stays(make_request: Callable[..., Any]) -> None:
    response = Response(200, headers={"Cache-Control": "no-cache"})

    assert await send(cache_control(max_age=1), make_request(), response) == "no-cache"


@pytest.mark.parametrize(
    ("options", "marked"),
    [({"public": True}, False), ({"s_maxage": 1}, False), ({"private": True}, True)],
)
async def test_a_cookie_never_gets_into_a_shared_cache(
    options: Any, marked: bool, make_request: Callable[..., Any]
) -> None:
    response = Response(200, headers={"Set-Cookie": "a=b"})

    found = await send(cache_control(**options), make_request(), response)

    assert (found is not None) is marked


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"public": True, "private": True},
        {"no_store": True, "max_age": 1},
        {"no_store": True, "public": True},
        {"max_age": -1},
    ],
)
def test_contradictions_are_refused(options: Any) -> None:
    with pytest.raises(ValueError, match=r"directive|both|alone|negative"):
        cache_control(**options)
