"""groundup_compose.requestid: one id through request, context and response."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from groundup_compose import current_request_id, request_id
from groundup_middleware import Pipeline
from groundup_response import Response


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_new_id_is_everywhere_the_same(
    is_async: bool, make_request: Callable[..., Any]
) -> None:
    def sync_handler(request: Any) -> Response:
        return Response(200, f"{request.id} {current_request_id.get()}")

    async def async_handler(request: Any) -> Response:
        return sync_handler(request)

    handler = async_handler if is_async else sync_handler
    response = await Pipeline([request_id()]).handle(make_request(), handler)

    first, second = response.text.split()
    assert first == second == response.headers["X-Request-ID"]
    assert len(first) == 32
    assert current_request_id.get() is None


async def test_ids_differ(make_request: Callable[..., Any], hello: Any) -> None:
    pipeline = Pipeline([request_id()])

    responses = await asyncio.gather(*[pipeline.handle(make_request(), hello) for _ in range(50)])

    assert len({response.headers["X-Request-ID"] for response in responses}) == 50


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("", False),
        ("a b", False),
        ("a\nforged: line", False),
        ("<script>", False),
    ],
)
async def test_an_id_that_comes_in_is_kept_if_it_looks_like_one(
    given: str, kept: bool, make_request: Callable[..., Any], hello: Any
) -> None:
    response = await Pipeline([request_id()]).handle(make_request(X_Request_ID=given), hello)

    assert (response.headers["X-Request-ID"] == given) is kept


async def test_nobody_needs_to_be_trusted(make_request: Callable[..., Any], hello: Any) -> None:
    layer = request_id(header="X-Trace", trust=False, generate=lambda: "mine")

    response = await Pipeline([layer]).handle(make_request(X_Trace="theirs"), hello)

    assert response.headers["X-Trace"] == "mine"


async def test_the_context_is_left_as_it_was_after_an_error(
    make_request: Callable[..., Any],
) -> None:
    async def broken(request: Any) -> Response:
        raise KeyError

    with pytest.raises(KeyError):
        await Pipeline([request_id()]).handle(make_request(), broken)

    assert current_request_id.get() is None
