"""groundup_middleware.links: one layer by its colour, and what it may return."""

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from groundup_middleware import (
    Layer,
    Pipeline,
    adaptive,
    blocking,
    call_by_colour,
    call_in_thread,
    colour_free,
    is_async,
    nonblocking,
)
from groundup_response import Response


def handler(request: Any) -> Response:
    return Response(200, "hello")


async def answer(layer: Layer, *, sync_entry: bool) -> Response:
    """Send one request through a layer, from the loop or from a thread without one."""
    pipeline = Pipeline([layer], threads=1)
    try:
        if sync_entry:
            return await asyncio.to_thread(pipeline.run_sync, None, handler)
        return await pipeline.handle(None, handler)
    finally:
        pipeline.pool.close()


async def forgets_return_async(request: Any, next: Any) -> None:
    await next()


def forgets_return(request: Any, next: Any) -> None:
    next()


@nonblocking
def returns_text(request: Any, next: Any) -> str:
    return "hello"


class Odd:
    def __call__(self, request: Any, next: Any) -> int:
        return 200


@pytest.mark.parametrize("sync_entry", [False, True])
@pytest.mark.parametrize(
    ("layer", "message"),
    [
        pytest.param(
            forgets_return, r"^forgets_return \(test_links.py:\d+\) .* got None", id="sync"
        ),
        pytest.param(forgets_return_async, r"^forgets_return_async \(.* got None", id="async"),
        pytest.param(returns_text, r"^returns_text \(.* got str 'hello'", id="inline"),
        pytest.param(Odd(), r"^Odd \(test_links.py:\d+\) .* got int 200", id="object"),
    ],
)
async def test_what_is_no_response_is_named_with_its_place(
    layer: Layer, message: str, sync_entry: bool
) -> None:
    with pytest.raises(TypeError, match=message) as caught:
        await answer(layer, sync_entry=sync_entry)

    assert "`return next()`" in str(caught.value)


async def test_a_handler_that_returns_nothing_is_named_too() -> None:
    async def nothing(request: Any) -> Any: ...

    with pytest.raises(TypeError, match=r"nothing \(test_links.py:\d+\) must return a response"):
        await Pipeline([forgets_return_async]).handle(None, nothing)


@pytest.mark.parametrize("sync_entry", [False, True])
async def test_a_coroutine_that_was_not_awaited_is_awaited(sync_entry: bool) -> None:
    async def lazy(request: Any, next: Any) -> Any:
        return next()

    assert (await answer(lazy, sync_entry=sync_entry)).status == 200


@pytest.mark.parametrize("sync_entry", [False, True])
async def test_a_sync_wrapper_may_return_what_an_async_layer_gave(sync_entry: bool) -> None:
    async def inner(request: Any, next: Any) -> Response:
        response: Response = await next()
        response.set_body("inner")
        return response

    def wrapper(request: Any, next: Any) -> Any:
        return inner(request, next)

    assert (await answer(wrapper, sync_entry=sync_entry)).text == "inner"


async def test_reading_a_response_that_was_not_awaited_says_so() -> None:
    async def forgets_await(request: Any, next: Any) -> Any:
        response = next()
        response.headers["X-Seen"] = "yes"
        return response

    with pytest.raises(TypeError, match=r"forgets_await .*'headers'.*`response = await next\(\)`"):
        await answer(forgets_await, sync_entry=False)


@pytest.mark.filterwarnings("ignore:.*never awaited:RuntimeWarning")
async def test_changing_a_response_that_was_not_awaited_says_so() -> None:
    async def forgets_await(request: Any, next: Any) -> Any:
        response = next()
        response.status = 500
        return response

    with pytest.raises(TypeError, match=r"forgets_await .*'status'.*`response = await next\(\)`"):
        await answer(forgets_await, sync_entry=False)


@pytest.mark.filterwarnings("ignore:.*never awaited:RuntimeWarning")
@pytest.mark.parametrize("deed", ["read", "set"])
async def test_an_await_that_the_handler_forgot_is_not_blamed_on_a_layer(deed: str) -> None:
    async def find_row() -> Any: ...

    async def broken(request: Any) -> Response:
        row: Any = find_row()
        if deed == "set":
            row.name = "x"
        return Response(200, row.name)

    async def innocent(request: Any, next: Any) -> Any:
        return await next()

    with pytest.raises(AttributeError, match="'coroutine' object has no attribute 'name'"):
        await Pipeline([innocent]).handle(None, broken)


async def test_the_warning_of_python_names_what_was_not_awaited() -> None:
    async def forgets_all(request: Any, next: Any) -> Response:
        next()
        return Response(204)

    place = r"next\(\) into handler \(test_links.py:\d+\)' was never awaited"
    with pytest.warns(RuntimeWarning, match=place):
        response = await answer(forgets_all, sync_entry=False)

    assert response.status == 204


async def test_reading_the_response_in_a_nonblocking_layer_says_so() -> None:
    @nonblocking
    def reads(request: Any, next: Any) -> Any:
        return next().status

    with pytest.raises(TypeError, match="nonblocking layer can only pass it on"):
        await answer(reads, sync_entry=False)


@pytest.mark.parametrize("mark", [nonblocking, blocking])
async def test_other_attribute_errors_stay_what_they_are(mark: Callable[[Any], Any]) -> None:
    @mark
    def broken(request: Any, next: Any) -> Any:
        return request.missing

    async def broken_async(request: Any, next: Any) -> Any:
        return request.missing

    for layer in (broken, broken_async):
        with pytest.raises(AttributeError, match="missing"):
            await answer(layer, sync_entry=False)


@pytest.mark.parametrize("sync_entry", [False, True])
@pytest.mark.parametrize("mark", [nonblocking, blocking])
async def test_stop_iteration_is_not_swallowed(
    mark: Callable[[Any], Any], sync_entry: bool
) -> None:
    @mark
    def stops(request: Any, next: Any) -> Any:
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        await answer(stops, sync_entry=sync_entry)


async def test_a_response_of_another_class_is_a_response() -> None:
    class Own:
        status = 200

        def __init__(self) -> None:
            self.headers: dict[str, str] = {}

    async def own(request: Any, next: Any) -> Any:
        return Own()

    assert isinstance(await answer(own, sync_entry=False), Own)


def test_a_colour_free_layer_needs_no_thread_of_its_own() -> None:
    layer = colour_free(forgets_return)

    assert not is_async(layer)


@pytest.mark.parametrize("sync_entry", [False, True])
async def test_a_colour_free_layer_runs_where_its_colour_belongs(sync_entry: bool) -> None:
    places: list[bool] = []

    def has_loop() -> bool:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return True

    def sync_layer(request: Any, next: Any) -> Any:
        places.append(has_loop())
        return next()

    async def async_layer(request: Any, next: Any) -> Any:
        places.append(has_loop())
        return await next()

    for layer in (sync_layer, async_layer):
        assert (await answer(colour_free(layer), sync_entry=sync_entry)).status == 200

    assert places == [False, True]


async def test_an_adaptive_function_can_be_awaited_and_called() -> None:
    async def double(number: int) -> int:
        return number * 2

    both = adaptive(double)

    assert await both(2) == 4
    assert await call_in_thread(both, 3) == 6


async def test_call_by_colour_runs_sync_functions_in_a_thread() -> None:
    async def on_loop() -> int:
        return threading.get_ident()

    def returns_awaitable() -> Any:
        return on_loop()

    here = threading.get_ident()
    assert await call_by_colour(threading.get_ident) != here
    assert await call_by_colour(on_loop) == here
    assert await call_by_colour(nonblocking(functools.partial(threading.get_ident))) == here
    assert await call_by_colour(returns_awaitable) == here
