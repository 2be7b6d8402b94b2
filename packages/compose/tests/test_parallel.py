"""groundup_compose.parallel: branches that meet before the handler and part after it."""

import asyncio
import threading
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_compose import parallel, parallel_middleware, stack, timeout
from groundup_middleware import Layer, Pipeline
from groundup_response import Response

left: ContextVar[str] = ContextVar("left", default="")
right: ContextVar[str] = ContextVar("right", default="")


async def send(
    layer: Layer, request: Any = None, handler: Any = None, threads: int = 1
) -> Response:
    pipeline = Pipeline([layer], threads=threads)

    async def answer(request: Any) -> Response:
        return Response(200, "answer")

    try:
        return await asyncio.wait_for(pipeline.handle(request, handler or answer), 5)
    finally:
        pipeline.pool.close()


async def test_async_branches_run_at_the_same_time() -> None:
    meeting = asyncio.Barrier(3)

    async def meet(request: Any, next: Any) -> Response:
        await meeting.wait()  # in a row, the first would wait forever
        response: Response = await next()
        await meeting.wait()
        return response

    assert (await send(parallel(meet, meet, meet))).text == "answer"


@pytest.mark.parametrize("colours", ["SSS", "SAS", "ASA"])
async def test_the_handler_runs_once_and_all_get_its_response(colours: str) -> None:
    calls: list[str] = []

    def sync_branch(request: Any, next: Any) -> Response:
        calls.append("in")
        response: Response = next()
        calls.append(f"out {response.status}")
        return response

    async def async_branch(request: Any, next: Any) -> Response:
        calls.append("in")
        response: Response = await next()
        calls.append(f"out {response.status}")
        return response

    def handler(request: Any) -> Response:
        calls.append("handler")
        return Response(201)

    layers = [sync_branch if colour == "S" else async_branch for colour in colours]
    response = await send(parallel_middleware(*layers), handler=handler)

    assert response.status == 201
    assert calls == [*["in"] * 3, "handler", *["out 201"] * 3]


def test_the_same_without_a_loop() -> None:
    calls: list[str] = []

    def sync_branch(request: Any, next: Any) -> Response:
        calls.append("in")
        response: Response = next()
        calls.append("out")
        return response

    async def async_branch(request: Any, next: Any) -> Any:
        calls.append("in")
        return await next()

    layer = parallel(sync_branch, async_branch, sync_branch)
    response = Pipeline([layer]).run_sync(None, lambda request: Response(200))

    assert response.status == 200
    assert calls == ["in", "in", "in", "out", "out"]


async def test_a_branch_that_returns_nothing_has_done_its_part() -> None:
    async def count(request: list[str], next: Any) -> None:
        request.append("counted")

    def trace(request: list[str], next: Any) -> None:
        request.append("traced")

    async def calls_and_forgets(request: list[str], next: Any) -> None:
        next()

    request: list[str] = []

    assert (await send(parallel(count, trace, calls_and_forgets), request)).text == "answer"
    assert sorted(request) == ["counted", "traced"]


async def test_a_returned_response_is_a_short_cut() -> None:
    cancelled: list[str] = []

    async def slow(request: Any, next: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append("before next")
            raise

    async def waiting(request: Any, next: Any) -> Any:
        try:
            return await next()
        except asyncio.CancelledError:
            cancelled.append("in next")
            raise

    async def deny(request: Any, next: Any) -> Response:
        await asyncio.sleep(0)
        return Response(403)

    def handler(request: Any) -> Response:
        raise AssertionError("must not run")

    response = await send(parallel(slow, waiting, deny), handler=handler)

    assert response.status == 403
    assert sorted(cancelled) == ["before next", "in next"]


async def test_a_short_cut_wakes_a_parked_thread() -> None:
    heard = threading.Event()

    def parked(request: Any, next: Any) -> Any:
        try:
            return next()
        finally:
            heard.set()

    def deny(request: Any, next: Any) -> Response:
        return Response(403)

    assert (await send(parallel(parked, deny))).status == 403
    assert await asyncio.to_thread(heard.wait, 5)


async def test_an_error_cancels_the_others_and_goes_out() -> None:
    cancelled: list[str] = []

    async def slow(request: Any, next: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append("slow")
            raise

    async def broken(request: Any, next: Any) -> Any:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await send(parallel(slow, broken))

    assert cancelled == ["slow"]


async def test_an_error_after_the_response_goes_out_too() -> None:
    async def broken(request: Any, next: Any) -> Any:
        await next()
        raise KeyError("x")

    async def fine(request: Any, next: Any) -> Any:
        return await next()

    with pytest.raises(KeyError):
        await send(parallel(fine, broken))


def raise_key_error(request: Any) -> Response:
    raise KeyError("x")


async def test_an_error_of_the_handler_reaches_every_branch() -> None:
    heard: list[str] = []

    async def branch(request: Any, next: Any) -> Any:
        try:
            return await next()
        except KeyError:
            heard.append("async")
            return Response(404)

    def sync_branch(request: Any, next: Any) -> Any:
        try:
            return next()
        except KeyError:
            heard.append("sync")

    response = await send(parallel(branch, sync_branch), handler=raise_key_error)

    assert response.status == 404
    assert sorted(heard) == ["async", "sync"]


@pytest.mark.parametrize("count", [1, 3])
async def test_an_error_of_the_handler_goes_out_with_its_type(count: int) -> None:
    async def branch(request: Any, next: Any) -> Any:
        return await next()

    with pytest.raises(KeyError):
        await send(parallel(*[branch] * count), handler=raise_key_error)


async def test_an_error_that_every_branch_swallows_is_still_one() -> None:
    async def swallow(request: Any, next: Any) -> None:
        with suppress(KeyError):
            await next()

    with pytest.raises(KeyError):
        await send(parallel(swallow), handler=raise_key_error)


async def test_the_first_branch_with_another_response_wins() -> None:
    def replace(status: int) -> Layer:
        async def branch(request: Any, next: Any) -> Response:
            await next()
            return Response(status)

        return branch

    async def keep(request: Any, next: Any) -> Any:
        return await next()

    assert (await send(parallel(keep, replace(203), replace(202)))).status == 203


async def test_a_second_next_gives_the_same_response() -> None:
    calls: list[int] = []

    async def twice(request: Any, next: Any) -> Any:
        first = await next()
        assert await next() is first
        return first

    async def handler(request: Any) -> Response:
        calls.append(1)
        return Response(200)

    assert (await send(parallel(twice, twice), handler=handler)).status == 200
    assert calls == [1]


async def test_what_is_no_response_is_named() -> None:
    async def odd(request: Any, next: Any) -> str:
        return "text"

    with pytest.raises(
        TypeError, match=r"odd \(test_parallel.py:\d+\) must return a response or None"
    ):
        await send(parallel(odd))


async def test_forgetting_await_says_so() -> None:
    async def careless(request: Any, next: Any) -> Any:
        return next().status

    with pytest.raises(TypeError, match=r"await next\(\)"):
        await send(parallel(careless))


async def test_no_branches_and_one_branch() -> None:
    async def only(request: Any, next: Any) -> Any:
        return await next()

    assert (await send(parallel())).text == "answer"
    assert (await send(parallel(only))).text == "answer"


@pytest.mark.parametrize("sync_too", [False, True])
async def test_context_variables_of_all_branches_arrive_everywhere(sync_too: bool) -> None:
    seen: list[tuple[str, str]] = []

    async def set_left(request: Any, next: Any) -> Any:
        left.set("before")
        response = await next()
        seen.append((left.get(), right.get()))
        left.set("after")
        return response

    async def set_right(request: Any, next: Any) -> Any:
        right.set("before")
        return await next()

    def set_right_sync(request: Any, next: Any) -> Any:
        right.set("before")
        return next()

    async def handler(request: Any) -> Response:
        seen.append((left.get(), right.get()))
        left.set("handler")
        return Response(200)

    async def around(request: Any, next: Any) -> Any:
        response = await next()
        seen.append((left.get(), right.get()))
        return response

    layer = stack(around, parallel(set_left, set_right_sync if sync_too else set_right))
    await send(layer, handler=handler)

    assert seen[0] == ("before", "before")
    assert seen[1][0] == "handler"
    assert seen[2] == ("after", "before")


async def test_cancelling_the_request_leaves_no_task_behind() -> None:
    reached = asyncio.Event()

    async def branch(request: Any, next: Any) -> Any:
        return await next()

    async def forever(request: Any) -> Response:
        reached.set()
        await asyncio.Event().wait()
        return Response(200)

    before = asyncio.all_tasks()
    layer = stack(timeout(0.02), parallel(branch, branch))

    assert (await send(layer, handler=forever)).status == 503
    assert reached.is_set()
    assert asyncio.all_tasks() == before


async def test_many_requests_with_parallel_sync_branches_on_two_threads() -> None:
    def branch(request: Any, next: Any) -> Any:
        return next()

    pipeline = Pipeline([branch, parallel(branch, branch, branch), branch], threads=2)
    requests = [pipeline.handle(None, lambda request: Response(200)) for _ in range(100)]

    responses = await asyncio.wait_for(asyncio.gather(*requests), 20)

    assert {response.status for response in responses} == {200}
    assert pipeline.pool.threads <= 2
    pipeline.pool.close()


@pytest.mark.parametrize("ending", ["error", "answer"])
@pytest.mark.parametrize("is_async", [True, False])
async def test_context_comes_back_with_an_error_and_an_early_answer_too(
    ending: str, is_async: bool
) -> None:
    def sync_branch(request: Any, next: Any) -> Response:
        user.set("alice")
        if ending == "error":
            raise KeyError("x")
        return Response(401)

    async def async_branch(request: Any, next: Any) -> Response:
        return sync_branch(request, next)

    async def waits(request: Any, next: Any) -> Any:
        return await next()

    user: ContextVar[str] = ContextVar("user", default="nobody")
    layer = parallel(waits, async_branch if is_async else sync_branch)

    with suppress(KeyError):
        await Pipeline([layer]).handle(None, lambda request: Response(200))

    assert user.get() == "alice"
