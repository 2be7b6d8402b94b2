"""groundup_middleware.pipeline: order, short cuts, errors, colours, and one thread a request."""

import asyncio
import functools
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeAlias

import pytest

from groundup_middleware import (
    AsyncNext,
    Pipeline,
    ThreadPool,
    call_in_thread,
    nonblocking,
    shared_pool,
)
from groundup_response import Response

Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]

trail: ContextVar[str] = ContextVar("trail", default="")


def sync_handler(request: Any) -> Response:
    trail.set(trail.get() + "H")
    return Response(200, f"<{trail.get()}>")


async def async_handler(request: Any) -> Response:
    trail.set(trail.get() + "H")
    await asyncio.sleep(0)
    return Response(200, f"<{trail.get()}>")


def answer_number(number: int, request: Any) -> Response:
    return Response(200, str(number))


def take_three(a: Any, b: Any, c: Any) -> Any: ...


@nonblocking
def pass_on(request: Any, next: Any) -> Any:
    return next()


@nonblocking
def answer_no_content(request: Any, next: Any) -> Response:
    return Response(204)


# --- the chain -----------------------------------------------------------------------------------


async def test_layers_run_in_order_and_back() -> None:
    order: list[str] = []

    def outer(request: Any, next: Any) -> Response:
        order.append("outer in")
        response: Response = next()
        order.append("outer out")
        return response

    async def inner(request: Any, next: Any) -> Response:
        order.append("inner in")
        response: Response = await next()
        order.append("inner out")
        return response

    await Pipeline([outer, inner]).handle(None, async_handler)

    assert order == ["outer in", "inner in", "inner out", "outer out"]


def test_use_is_a_decorator_and_keeps_the_order() -> None:
    pipeline = Pipeline()

    @pipeline.use
    def first(request: Any, next: Any) -> Any: ...

    @pipeline.use
    async def second(request: Any, next: Any) -> Any: ...

    assert pipeline.layers == (first, second)


async def test_a_layer_may_answer_itself() -> None:
    def deny(request: Any, next: Any) -> Response:
        return Response(401)

    response = await Pipeline([deny]).handle(None, async_handler)

    assert response.status == 401


async def test_a_layer_may_change_the_request_and_the_response() -> None:
    def change(request: dict[str, str], next: Any) -> Response:
        request["name"] = "you"
        response: Response = next()
        response.headers["X-Seen"] = "yes"
        return response

    async def handler(request: dict[str, str]) -> Response:
        return Response(200, request["name"])

    response = await Pipeline([change]).handle(dict[str, str](), handler)

    assert response.text == "you"
    assert response.headers["X-Seen"] == "yes"


@pytest.mark.parametrize("handler_is_async", [True, False])
async def test_next_may_be_called_again(handler_is_async: bool) -> None:
    calls: list[int] = []

    def flaky(request: Any) -> Response:
        calls.append(1)
        if len(calls) % 3:
            raise OSError
        return Response(200, f"attempt {len(calls)}")

    async def flaky_async(request: Any) -> Response:
        return flaky(request)

    def retry(request: Any, next: Any) -> Any:
        for _ in range(2):
            try:
                return next()
            except OSError:
                pass
        return next()

    handler = flaky_async if handler_is_async else flaky
    response = await Pipeline([retry]).handle(None, handler)

    assert response.text == "attempt 3"


async def test_an_error_goes_out_through_all_layers_with_its_type() -> None:
    heard: list[str] = []

    def outer(request: Any, next: Any) -> Response:
        try:
            response: Response = next()
        except KeyError:
            heard.append("outer")
            raise
        return response

    async def inner(request: Any, next: Any) -> Response:
        try:
            response: Response = await next()
        except KeyError:
            heard.append("inner")
            raise
        return response

    async def broken(request: Any) -> Response:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await Pipeline([outer, inner, outer]).handle(None, broken)

    assert heard == ["outer", "inner", "outer"]


# --- compiling -----------------------------------------------------------------------------------


def test_an_async_handler_without_layers_is_itself() -> None:
    assert Pipeline().compile(async_handler) is async_handler


async def test_a_sync_handler_without_layers_runs_in_a_thread() -> None:
    def handler(request: Any) -> Response:
        return Response(200, threading.current_thread().name)

    response = await Pipeline().compile(handler)(None)

    assert response.text.startswith("groundup-worker")


async def test_what_was_compiled_keeps_its_layers() -> None:
    pipeline = Pipeline()
    compiled = pipeline.compile(sync_handler)

    pipeline.use(answer_no_content)

    assert (await compiled(None)).status == 200
    assert (await pipeline.handle(None, sync_handler)).status == 204


async def test_handle_compiles_a_handler_once_and_forgets_old_ones() -> None:
    pipeline = Pipeline()
    for number in range(200):
        handler = nonblocking(functools.partial(answer_number, number))
        assert (await pipeline.handle(None, handler)).text == str(number)
        assert (await pipeline.handle(None, handler)).text == str(number)

    assert len(pipeline._compiled) <= 64


async def test_a_handler_that_cannot_be_hashed_is_no_problem() -> None:
    class Handler:
        __hash__ = None  # type: ignore[assignment]  # as dataclasses and lists do it

        async def __call__(self, request: Any) -> Response:
            return Response(204)

    assert (await Pipeline().handle(None, Handler())).status == 204


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        pytest.param(
            None, r"a layer takes \(request, next\) and is a function, got None", id="none"
        ),
        pytest.param(sync_handler, r"sync_handler \(test_pipeline.py:\d+\) takes \(req", id="one"),
        pytest.param(take_three, r"takes \(a: Any, b: Any, c: Any\)", id="three"),
    ],
)
def test_what_cannot_be_a_layer_is_refused_at_once(layer: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Pipeline().use(layer)


def test_what_cannot_be_a_handler_is_refused_at_once() -> None:
    handler: Any = pass_on

    with pytest.raises(TypeError, match=r"a handler takes \(request\), pass_on \(test_pipeline"):
        Pipeline().compile(handler)


def test_a_builtin_without_a_signature_is_believed() -> None:
    builtin: Any = max

    assert Pipeline([builtin]).layers == (builtin,)


# --- threads -------------------------------------------------------------------------------------


def test_pipelines_share_the_pool_unless_told_otherwise() -> None:
    pool = ThreadPool(2)

    assert Pipeline().pool is shared_pool
    assert Pipeline(pool=pool).pool is pool
    assert Pipeline(threads=3).pool.size == 3
    with pytest.raises(TypeError, match="threads or pool"):
        Pipeline(threads=2, pool=pool)


async def test_sync_layers_in_a_row_are_plain_calls_in_one_thread() -> None:
    idents: list[int] = []

    def note(request: Any, next: Any) -> Any:
        idents.append(threading.get_ident())
        return next()

    async def between(request: Any, next: Any) -> Any:
        return await next()

    await Pipeline([note, note, between, note, between, note]).handle(None, sync_handler)

    assert len(idents) == 4
    assert len(set(idents)) == 1


async def test_a_nonblocking_layer_runs_on_the_loop() -> None:
    idents: list[int] = []

    @nonblocking
    def note(request: Any, next: Any) -> Any:
        idents.append(threading.get_ident())
        return next()

    await Pipeline([note, note]).handle(None, async_handler)

    assert set(idents) == {threading.get_ident()}


async def test_a_pipeline_inside_of_a_pipeline_shares_the_thread() -> None:
    pool = ThreadPool(1)
    idents: list[int] = []

    def note(request: Any, next: Any) -> Any:
        idents.append(threading.get_ident())
        return next()

    inner = Pipeline([note], pool=pool).compile(sync_handler)
    outer = Pipeline([note], pool=pool)

    response = await asyncio.wait_for(outer.handle(None, inner), 5)

    assert response.status == 200
    assert len(set(idents)) == 1
    pool.close()


async def test_next_blocks_in_threads_and_is_awaited_on_loops_wherever_they_are() -> None:
    seen: list[str] = []

    async def from_a_thread(_request: Any, next: Any) -> Any:
        response = await call_in_thread(next)  # a thread of the request: it waits
        seen.append(type(response).__name__)
        return response

    def from_a_loop_in_the_thread(_request: Any, next: Any) -> Any:
        async def wait() -> Any:
            result = next()
            seen.append(type(result).__name__)
            return await result

        return asyncio.run(wait())

    layers = [from_a_thread, pass_on, from_a_loop_in_the_thread, pass_on]
    pipeline = Pipeline(layers, threads=2)
    response = await asyncio.wait_for(pipeline.handle(None, async_handler), 5)

    assert response.status == 200
    assert seen == ["coroutine", "Response"]
    pipeline.pool.close()


async def test_a_sync_handler_may_answer_through_another_pipeline() -> None:
    inner = Pipeline([pass_on])

    def handler(request: Any) -> Response:
        return inner.run_sync(request, async_handler)

    pipeline = Pipeline(threads=1)
    response = await asyncio.wait_for(pipeline.handle(None, handler), 5)

    assert response.status == 200
    pipeline.pool.close()


# --- without a loop ------------------------------------------------------------------------------


def test_an_all_sync_chain_stays_in_its_thread_and_starts_no_loop() -> None:
    idents: list[int] = []

    def note(request: Any, next: Any) -> Any:
        idents.append(threading.get_ident())
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return next()

    Pipeline([note, note]).run_sync(None, sync_handler)

    assert set(idents) == {threading.get_ident()}


def test_async_layers_run_on_the_background_loop() -> None:
    idents: list[tuple[str, int]] = []

    def sync_note(request: Any, next: Any) -> Any:
        idents.append(("sync", threading.get_ident()))
        return next()

    async def async_note(request: Any, next: Any) -> Any:
        idents.append(("async", threading.get_ident()))
        return await next()

    Pipeline([async_note, sync_note, async_note, sync_note]).run_sync(None, sync_handler)

    sync_idents = {ident for colour, ident in idents if colour == "sync"}
    async_idents = {ident for colour, ident in idents if colour == "async"}
    assert sync_idents == {threading.get_ident()}
    assert len(async_idents) == 1
    assert async_idents != sync_idents


async def test_run_sync_refuses_to_block_a_loop() -> None:
    with pytest.raises(RuntimeError, match="await handle"):
        Pipeline().run_sync(None, sync_handler)


INTERRUPTED = """
import asyncio, os, signal
from groundup_middleware import Pipeline

async def forever(request):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
    finally:
        os.write(1, b"handler ended, ")

try:
    Pipeline([lambda request, next: next()]).run_sync(None, forever)
except KeyboardInterrupt:
    os.write(1, b"interrupted, ")
"""


def test_an_interrupt_ends_the_request_and_its_async_parts() -> None:
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED]

    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert sorted(run.stdout.split(", ")) == ["", "handler ended", "interrupted"]
    assert run.stderr == ""


def test_a_task_that_outlives_its_sync_request_still_gets_threads() -> None:
    from groundup_middleware import call_in_thread

    finished = threading.Event()

    async def later(done: asyncio.Event) -> None:
        await done.wait()
        await call_in_thread(finished.set)

    tasks: list[asyncio.Task[None]] = []
    done: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def handler(request: Any) -> Response:
        event = asyncio.Event()
        done.append((asyncio.get_running_loop(), event))
        tasks.append(asyncio.create_task(later(event)))
        return Response(202)

    Pipeline([pass_on]).run_sync(None, handler)
    loop, event = done[0]
    loop.call_soon_threadsafe(event.set)

    assert finished.wait(5)


# --- cancellation --------------------------------------------------------------------------------


async def test_cancellation_reaches_every_layer(until: Until) -> None:
    heard: list[str] = []
    reached = asyncio.Event()

    def outer(request: Any, next: Any) -> Any:
        try:
            return next()
        finally:
            heard.append("sync")

    async def inner(request: Any, next: Any) -> Any:
        try:
            return await next()
        except asyncio.CancelledError:
            heard.append("async")
            raise

    async def forever(request: Any) -> Response:
        reached.set()
        await asyncio.Event().wait()
        return Response(200)

    pipeline = Pipeline([outer, inner, outer, inner], threads=1)
    task = asyncio.create_task(pipeline.handle(None, forever))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: len(heard) == 4)

    assert sorted(heard) == ["async", "async", "sync", "sync"]
    assert (await asyncio.wait_for(pipeline.handle(None, async_handler), 5)).status == 200
    pipeline.pool.close()


async def test_a_timeout_of_a_layer_ends_what_is_below_it() -> None:
    async def limit(request: Any, next: AsyncNext) -> Response:
        try:
            return await asyncio.wait_for(next(), 0.01)
        except TimeoutError:
            return Response(504)

    def sync_layer(request: Any, next: Any) -> Any:
        return next()

    async def forever(request: Any) -> Response:
        await asyncio.Event().wait()
        return Response(200)

    pipeline = Pipeline([sync_layer, limit, sync_layer], threads=1)
    response = await asyncio.wait_for(pipeline.handle(None, forever), 5)

    assert response.status == 504
    pipeline.pool.close()
