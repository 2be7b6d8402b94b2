"""groundup_asyncserver.threads: bounded, cancellable as far as threads are, contexts both ways."""

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_asyncserver.threads import ThreadPool, run_in_thread

variable: ContextVar[str] = ContextVar("variable", default="unset")


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    pool = ThreadPool(2)
    yield pool
    pool.close()


async def test_results_and_errors_come_back(pool: ThreadPool) -> None:
    def fail() -> None:
        raise KeyError("here")

    assert await pool.run(divmod, 7, 2) == (3, 1)
    with pytest.raises(KeyError, match="here"):
        await pool.run(fail)


async def test_stop_iteration_becomes_a_runtime_error(pool: ThreadPool) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await pool.run(next, iter(()))


async def test_context_variables_follow_both_ways(pool: ThreadPool) -> None:
    def change() -> str:
        before = variable.get()
        variable.set("by the thread")
        return before

    variable.set("by the task")

    assert await pool.run(change) == "by the task"
    assert variable.get() == "by the thread"


async def test_there_are_never_more_threads_than_the_size(pool: ThreadPool) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    await asyncio.gather(*(pool.run(work) for _ in range(10)))

    assert most == 2
    assert pool.threads == 2


async def test_one_thread_is_enough_for_one_call_after_the_other(pool: ThreadPool) -> None:
    for _ in range(5):
        await pool.run(int)

    assert pool.threads == 1


async def test_whoever_is_cancelled_waits_for_the_function_and_closes_its_result(
    pool: ThreadPool,
) -> None:
    begun, release, closed = threading.Event(), threading.Event(), threading.Event()

    class Result:
        def close(self) -> None:
            closed.set()

    def work() -> Result:
        begun.set()
        release.wait(5)
        return Result()

    task = asyncio.ensure_future(pool.run(work))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()

    release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()


async def test_a_cancelled_call_that_fails_is_still_cancelled(pool: ThreadPool) -> None:
    begun, release = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        release.wait(5)
        raise KeyError

    task = asyncio.ensure_future(pool.run(work))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    release.set()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_second_cancellation_does_not_wait(pool: ThreadPool) -> None:
    begun, release, closed = threading.Event(), threading.Event(), threading.Event()

    class Result:
        def close(self) -> None:
            closed.set()

    def work() -> Result:
        begun.set()
        release.wait(5)
        return Result()

    task = asyncio.ensure_future(pool.run(work))
    await asyncio.to_thread(begun.wait, 5)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await task
    assert not closed.is_set()
    release.set()
    assert await asyncio.to_thread(closed.wait, 5)


async def test_a_cancelled_call_that_waits_for_a_thread_never_runs() -> None:
    pool = ThreadPool(1)
    release, ran = threading.Event(), False

    def mark() -> None:
        nonlocal ran
        ran = True

    first = asyncio.ensure_future(pool.run(release.wait, 5))
    second = asyncio.ensure_future(pool.run(mark))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second

    release.set()
    await first
    await pool.run(int)
    assert not ran
    pool.close()


async def test_close_ends_the_threads_and_a_later_call_starts_new_ones() -> None:
    pool = ThreadPool(2)
    thread = await pool.run(threading.current_thread)

    pool.close()
    await asyncio.to_thread(thread.join, 5)

    assert not thread.is_alive()
    assert pool.threads == 0
    assert await pool.run(int) == 0
    pool.close()


async def test_an_idle_thread_does_not_keep_the_last_call_alive(pool: ThreadPool) -> None:
    import weakref

    class Request:
        pass

    request = Request()
    reference = weakref.ref(request)
    await pool.run(id, request)
    del request
    await pool.run(int)
    gc.collect()

    assert reference() is None


def test_each_loop_has_a_shared_pool_that_ends_with_it() -> None:
    async def find() -> threading.Thread:
        first = await run_in_thread(threading.current_thread)
        assert await run_in_thread(threading.current_thread) is first
        return first

    thread = asyncio.run(find())
    gc.collect()
    thread.join(5)

    assert not thread.is_alive()


async def test_a_loop_that_has_ended_is_no_trouble_for_a_late_function() -> None:
    release = threading.Event()
    errors: list[Any] = []

    async def leave() -> None:
        pool = ThreadPool(1)
        task = asyncio.ensure_future(pool.run(release.wait, 5))
        await asyncio.sleep(0)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0.001)
        pool.close()

    before = threading.excepthook
    threading.excepthook = errors.append
    try:
        await asyncio.to_thread(asyncio.run, leave())
        threads = [thread for thread in threading.enumerate() if "groundup-handler" in thread.name]
        release.set()
        for thread in threads:
            await asyncio.to_thread(thread.join, 5)
    finally:
        threading.excepthook = before
    assert not errors
