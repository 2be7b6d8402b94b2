"""groundup_compose.conditions: the right requests, in any colour, and no way around a guard."""

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import if_header, if_method, if_path, unless, when
from groundup_middleware import Layer, Pipeline, is_async
from groundup_response import Response


def deny(request: Any, next: Any) -> Any:
    return Response(403, "sync")


async def deny_async(request: Any, next: Any) -> Any:
    return Response(403, "async")


async def status(layer: Layer, request: Any, hello: Any) -> int:
    return int((await Pipeline([layer]).handle(request, hello)).status)


@pytest.mark.parametrize("layer", [deny, deny_async])
@pytest.mark.parametrize(
    ("method", "expected"), [("POST", 403), ("PUT", 403), ("GET", 200), ("post", 200)]
)
async def test_if_method(
    layer: Layer, method: str, expected: int, make_request: Callable[..., Any], hello: Any
) -> None:
    conditional = if_method(["POST", "PUT"], layer)

    assert await status(conditional, make_request(method), hello) == expected
    response = await asyncio.to_thread(
        Pipeline([conditional]).run_sync, make_request(method), hello
    )
    assert response.status == expected


def test_if_method_takes_one_name_and_refuses_small_letters() -> None:
    assert if_method("POST", deny) is not None
    with pytest.raises(ValueError, match="in capitals"):
        if_method(["post"], deny)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/about", "/about", True),
        ("/about", "/about/", True),
        ("/about", "/about?x=/admin", True),
        ("/about", "/about/us", False),
        ("/about", "/About", False),
        ("/", "/", True),
        ("/", "/a", False),
        ("/admin/*", "/admin", True),
        ("/admin/*", "/admin/", True),
        ("/admin/*", "/admin/users/7", True),
        ("/admin/*", "/administer", False),
        ("/admin/*", "/x/admin", False),
        ("/*", "/", True),
        ("/*", "/anything/at/all", True),
        ("/users/:id/edit", "/users/7/edit", True),
        ("/users/:id/edit", "/users/7/8/edit", False),
        ("/users/:id/edit", "/users/edit", False),
        pytest.param("/admin/*", "/%61dmin/users", True, id="encoded letter"),
        pytest.param("/admin/*", "//admin/users", True, id="two slashes"),
        pytest.param("/a/b", "/a%2Fb", False, id="encoded slash is no slash"),
        pytest.param("/files/:name", "/files/a%2Fb", True, id="encoded slash in a segment"),
        pytest.param("/caf\u00e9", "/caf%C3%A9", True, id="unicode"),
        pytest.param("/a", "/%FF%FE", False, id="no utf-8"),
        (re.compile(r"/v\d+/.*"), "/v1/users", True),
        (re.compile(r"/v\d+/.*"), "/%761/users", True),
        (re.compile(r"/v\d+"), "/v1/users", False),
        (["/a", "/b/*"], "/b/c", True),
        (["/a", "/b/*"], "/c", False),
    ],
)
async def test_if_path(
    pattern: Any, path: str, matches: bool, make_request: Callable[..., Any], hello: Any
) -> None:
    found = await status(if_path(pattern, deny_async), make_request(path=path), hello)

    assert found == (403 if matches else 200)


@pytest.mark.parametrize("pattern", ["admin", "", "/*/x", "/a/*/b"])
def test_a_pattern_that_cannot_match_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        if_path(pattern, deny)


@pytest.mark.parametrize(
    ("value", "headers", "expected"),
    [
        (None, {"X_Debug": "0"}, 403),
        (None, {}, 200),
        ("1", {"X_Debug": "1"}, 403),
        ("1", {"X_Debug": "0"}, 200),
        ("1", {}, 200),
    ],
)
async def test_if_header(
    value: str | None,
    headers: dict[str, str],
    expected: int,
    make_request: Callable[..., Any],
    hello: Any,
) -> None:
    layer = if_header("x-debug", deny, value)

    assert await status(layer, make_request(**headers), hello) == expected


async def test_when_and_unless_are_opposites(hello: Any) -> None:
    def is_bad(request: str) -> bool:
        return request == "bad"

    assert await status(when(is_bad, deny), "bad", hello) == 403
    assert await status(when(is_bad, deny), "good", hello) == 200
    assert await status(unless(is_bad, deny), "bad", hello) == 200
    assert await status(unless(is_bad, deny), "good", hello) == 403


async def test_when_has_an_otherwise(hello: Any) -> None:
    async def teapot(request: Any, next: Any) -> Response:
        return Response(418)

    layer = when(lambda request: request == "bad", deny, teapot)

    assert await status(layer, "bad", hello) == 403
    assert await status(layer, "good", hello) == 418


@pytest.mark.parametrize("make", [when, unless])
def test_an_async_condition_is_refused(make: Any) -> None:
    async def condition(request: Any) -> bool:
        return True

    with pytest.raises(TypeError, match="condition must be a plain function"):
        make(condition, deny)


async def test_a_layer_that_is_not_meant_costs_no_thread(hello: Any) -> None:
    threads: list[int] = []

    async def handler(request: Any) -> Response:
        return Response(200)

    def note(request: Any, next: Any) -> Any:
        threads.append(threading.get_ident())
        return next()

    layer = when(lambda request: request == "meant", note)
    pipeline = Pipeline([layer], threads=1)

    await pipeline.handle("not meant", handler)
    assert pipeline.pool.threads == 0
    await pipeline.handle("meant", handler)
    assert threads
    assert threads != [threading.get_ident()]
    pipeline.pool.close()


def test_a_conditional_layer_is_not_async_itself() -> None:
    assert not is_async(if_method("POST", deny_async))
