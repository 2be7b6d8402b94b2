"""groundup_middleware.lease: one thread a request, whatever crosses in which direction."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, TypeAlias

import pytest

from groundup_middleware import ThreadPool, call_in_thread, call_on_loop
from groundup_middleware.lease import Lease, current_lease

Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]

seen: ContextVar[str] = ContextVar("seen", default="")


def make_lease(threads: int = 1) -> Lease:
    return Lease(ThreadPool(threads), asyncio.get_running_loop())


async def test_sync_code_runs_in_a_worker_thread() -> None:
    name = await make_lease().run(lambda: threading.current_thread().name)

    assert name.startswith("groundup-worker")


async def test_arguments_go_in_and_the_result_comes_out() -> None:
    assert await make_lease().run(divmod, 7, 3) == (2, 1)


async def test_errors_keep_their_type() -> None:
    with pytest.raises(ZeroDivisionError):
        await make_lease().run(divmod, 1, 0)


async def test_stop_iteration_becomes_an_error_with_a_name() -> None:
    with pytest.raises(RuntimeError, match="next raised StopIteration"):
        await make_lease().run(next, iter(()))


async def test_a_parked_thread_does_the_deeper_work_itself() -> None:
    lease = make_lease(threads=1)

    async def deeper() -> int:
        return await call_in_thread(threading.get_ident)

    def outer() -> tuple[int, int]:
        return threading.get_ident(), call_on_loop(deeper)

    own, deep = await asyncio.wait_for(lease.run(outer), 5)

    assert own == deep
    assert lease.hops == 2


async def test_depth_has_no_limit_of_threads() -> None:
    async def descend(levels: int) -> int:
        return (
            0
            if levels == 0
            else await call_in_thread(lambda: 1 + call_on_loop(descend, levels - 1))
        )

    assert await asyncio.wait_for(make_lease().run(call_on_loop, descend, 20), 10) == 20


async def test_branches_of_one_request_take_turns() -> None:
    lease = make_lease(threads=3)
    running: list[int] = []
    most: list[int] = []

    def work(number: int) -> int:
        running.append(number)
        most.append(len(running))
        time.sleep(0.002)
        running.remove(number)
        return number

    results = await asyncio.gather(*[lease.run(work, number) for number in range(6)])

    assert results == list(range(6))
    assert max(most) == 1


async def test_branches_that_park_do_not_lose_each_other() -> None:
    lease = make_lease(threads=1)

    async def deep(number: int) -> int:
        await asyncio.sleep(0.001 * (number % 3))
        return await call_in_thread(lambda: number)

    results = await asyncio.wait_for(
        asyncio.gather(*[lease.run(call_on_loop, deep, number) for number in range(30)]), 10
    )

    assert results == list(range(30))


async def test_context_goes_in_and_comes_back() -> None:
    seen.set("loop")

    def work() -> str:
        before = seen.get()
        seen.set("thread")
        return before

    assert await make_lease().run(work) == "loop"
    assert seen.get() == "thread"


async def test_context_comes_back_with_an_error_too() -> None:
    def work() -> None:
        seen.set("failed")
        raise KeyError

    with pytest.raises(KeyError):
        await make_lease().run(work)

    assert seen.get() == "failed"


async def test_context_of_the_loop_comes_back_to_the_thread() -> None:
    async def deep() -> str:
        before = seen.get()
        seen.set(before + "c")
        return before

    def work() -> tuple[str, str]:
        seen.set(seen.get() + "b")
        return call_on_loop(deep), seen.get()

    seen.set("a")
    assert await make_lease().run(work) == ("ab", "abc")
    assert seen.get() == "abc"


async def test_what_a_branch_did_not_change_stays_as_others_set_it() -> None:
    started, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(started.set)
        go.wait(5)

    async def other() -> None:
        await started.wait()
        seen.set("newer")
        go.set()

    seen.set("old")
    branch = asyncio.ensure_future(make_lease().run(work))
    await other()
    await branch

    assert seen.get() == "newer"


async def test_cancelling_wakes_the_parked_thread_and_frees_it() -> None:
    lease = make_lease(threads=1)
    parked = asyncio.Event()
    heard: list[str] = []

    async def forever() -> None:
        parked.set()
        await asyncio.Event().wait()

    def work() -> None:
        try:
            call_on_loop(forever)
        except Exception:  # noqa: BLE001 - the careless layer that must not swallow it
            heard.append("Exception")
        finally:
            heard.append("finally")

    for _ in range(3):
        parked.clear()
        task = asyncio.create_task(lease.run(work))
        await parked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await asyncio.wait_for(lease.run(lambda: "free"), 5) == "free"
    assert heard == ["finally"] * 3


async def test_a_cancelled_request_cannot_call_again(until: Until) -> None:
    lease = make_lease()
    parked = asyncio.Event()
    heard: list[str] = []

    async def forever() -> None:
        parked.set()
        await asyncio.Event().wait()

    def stubborn() -> None:
        for _ in range(3):
            try:
                call_on_loop(forever)
            except asyncio.CancelledError:
                heard.append("cancelled")

    task = asyncio.create_task(lease.run(stubborn))
    await parked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: lease.work is None)

    assert heard == ["cancelled"] * 3


async def test_work_that_is_cancelled_before_its_turn_never_runs(until: Until) -> None:
    pool = ThreadPool(1)
    loop = asyncio.get_running_loop()
    gate, ran = threading.Event(), list[str]()
    first = asyncio.create_task(Lease(pool, loop).run(gate.wait, 5))
    await until(lambda: pool.threads)

    second = asyncio.create_task(Lease(pool, loop).run(ran.append, "second"))
    await until(lambda: pool.backlog)
    second.cancel()
    await asyncio.wait([second])
    gate.set()
    await first
    await Lease(pool, loop).run(ran.append, "third")

    assert ran == ["third"]
    pool.close()


async def test_the_thread_of_a_cancelled_request_is_busy_until_its_code_ends(until: Until) -> None:
    pool = ThreadPool(1)
    started, gate = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        gate.wait(5)

    loop = asyncio.get_running_loop()
    task = asyncio.create_task(Lease(pool, loop).run(work))
    await until(started.is_set)
    task.cancel()
    await asyncio.wait([task])
    later = asyncio.create_task(Lease(pool, loop).run(gate.is_set))
    await until(lambda: pool.backlog)
    gate.set()

    assert await later
    pool.close()


async def test_parallel_branches_are_cancelled_one_by_one(until: Until) -> None:
    lease = make_lease(threads=1)
    release = asyncio.Event()
    parked = 0

    async def wait_here(name: str) -> str:
        nonlocal parked
        parked += 1
        await release.wait()
        return name

    first = asyncio.create_task(lease.run(call_on_loop, wait_here, "first"))
    second = asyncio.create_task(lease.run(call_on_loop, wait_here, "second"))
    await until(lambda: parked == 2)
    first.cancel()
    await asyncio.wait([first])
    release.set()

    assert await second == "second"


async def test_a_closed_pool_is_an_error_and_no_hang() -> None:
    lease = make_lease()
    lease._pool.close()

    for _ in range(2):
        with pytest.raises(RuntimeError, match="closed"):
            await lease.run(print)


async def test_a_thread_of_the_layer_s_own_may_wait_too() -> None:
    async def deep() -> str:
        return "deep"

    def start_a_thread(wait: Callable[[Callable[[], Awaitable[str]]], str]) -> list[str]:
        lease = current_lease.get()
        assert lease is not None
        answers: list[str] = []
        thread = threading.Thread(target=lambda: answers.append(lease.call(deep)))
        thread.start()
        thread.join(5)
        return answers

    assert await make_lease().run(start_a_thread, call_on_loop) == ["deep"]


async def test_a_thread_of_the_layer_s_own_hears_of_cancellation() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    def start_a_thread() -> list[type[BaseException]]:
        lease = current_lease.get()
        heard: list[type[BaseException]] = []

        def target() -> None:
            try:
                assert lease is not None
                lease.call(cancelled)
            except BaseException as error:  # noqa: BLE001 - to see whatever came
                heard.append(type(error))

        thread = threading.Thread(target=target)
        thread.start()
        thread.join(5)
        return heard

    assert await make_lease().run(start_a_thread) == [asyncio.CancelledError]


def test_a_closed_loop_does_not_harm_the_pool(until: Until) -> None:
    pool = ThreadPool(1)
    started, gate = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        gate.wait(5)

    async def leave_early() -> None:
        task = asyncio.create_task(Lease(pool, asyncio.get_running_loop()).run(work))
        await until(started.is_set)
        task.cancel()

    asyncio.run(leave_early())
    gate.set()

    async def again() -> int:
        return await Lease(pool, asyncio.get_running_loop()).run(lambda: 1)

    assert asyncio.run(again()) == 1
    pool.close()


async def test_errors_leave_no_reference_circle_behind() -> None:
    import gc
    import weakref

    class Big:
        pass

    async def deep(big: Any) -> None:
        raise KeyError

    def work(big: Any) -> None:
        call_on_loop(deep, big)

    async def one() -> "weakref.ref[Big]":
        big = Big()
        with suppress(KeyError):
            await make_lease().run(work, big)
        return weakref.ref(big)

    gc.disable()
    try:
        reference = await one()
        for _ in range(100):
            if reference() is None:
                break
            await asyncio.sleep(0.001)
        assert reference() is None
    finally:
        gc.enable()
