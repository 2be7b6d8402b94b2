"""groundup_compose.stack: several layers as one, and layers of one handler."""

import asyncio
from typing import Any

import pytest

from groundup_compose import if_method, stack, with_layers
from groundup_middleware import Layer, Pipeline, is_async
from groundup_response import Response


def add(letter: str) -> Layer:
    def layer(request: Any, next: Any) -> Response:
        response: Response = next()
        response.set_body(response.text + letter)
        return response

    return layer


def add_async(letter: str) -> Layer:
    async def layer(request: Any, next: Any) -> Response:
        response: Response = await next()
        response.set_body(response.text + letter)
        return response

    return layer


def sync_handler(request: Any) -> Response:
    return Response(200, ">")


async def async_handler(request: Any) -> Response:
    return Response(200, ">")


@pytest.mark.parametrize("handler", [sync_handler, async_handler])
async def test_the_first_is_outermost(handler: Any) -> None:
    inner = stack(add("a"), add_async("b"), add("c"))
    pipeline = Pipeline([add_async("1"), inner, add("2")], threads=1)

    response = await asyncio.wait_for(pipeline.handle(None, handler), 5)
    assert response.text == ">2cba1"
    response = await asyncio.to_thread(pipeline.run_sync, None, handler)
    assert response.text == ">2cba1"
    pipeline.pool.close()


async def test_stacks_nest_and_may_be_empty(hello: Any) -> None:
    layer = stack(stack(), stack(add("a"), stack(add_async("b"))))

    assert (await Pipeline([layer]).handle(None, sync_handler)).text == ">ba"


async def test_a_stack_may_be_used_twice() -> None:
    layer = stack(add("a"), add_async("b"))

    assert (await Pipeline([layer, layer]).handle(None, sync_handler)).text == ">baba"


async def test_a_layer_of_a_stack_may_call_next_again() -> None:
    async def twice(request: Any, next: Any) -> Response:
        await next()
        response: Response = await next()
        return response

    calls: list[int] = []

    async def handler(request: Any) -> Response:
        calls.append(1)
        return Response(200, ">")

    response = await Pipeline([stack(twice, add("a"))]).handle(None, handler)

    assert (response.text, len(calls)) == (">a", 2)


@pytest.mark.parametrize("handler", [sync_handler, async_handler])
async def test_layers_of_one_handler(handler: Any) -> None:
    guarded = with_layers(add("a"), add_async("b"))(handler)
    pipeline = Pipeline([add("1")], threads=1)

    assert is_async(guarded)
    assert (await guarded(None)).text == ">ba"
    assert (await asyncio.wait_for(pipeline.handle(None, guarded), 5)).text == ">ba1"
    pipeline.pool.close()


def test_a_guarded_handler_keeps_its_name_and_attributes() -> None:
    def upload(request: Any) -> Response:
        """Take a file."""
        return Response(204)

    upload.streams_body = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]  # how a handler says so
    guarded = with_layers(add("a"))(upload)

    assert getattr(guarded, "__name__", None) == "upload"
    assert guarded.__doc__ == "Take a file."
    assert getattr(guarded, "streams_body", False)


async def test_conditions_work_on_one_route(make_request: Any) -> None:
    async def deny(request: Any, next: Any) -> Response:
        return Response(403)

    guarded = with_layers(if_method("POST", deny))(sync_handler)

    assert (await guarded(make_request("POST"))).status == 403
    assert (await guarded(make_request("GET"))).status == 200
