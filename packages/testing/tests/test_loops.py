"""groundup_testing.loops: coroutines for code that cannot await."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from groundup_testing import ClosedError
from groundup_testing.loops import LoopThread


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


async def fail() -> None:
    raise LookupError("inside")


def test_results_and_errors_come_back() -> None:
    thread = LoopThread("test")

    assert thread.run(double(21)) == 42
    with pytest.raises(LookupError, match="inside"):
        thread.run(fail())
    thread.close()


def test_a_closed_loop_says_so() -> None:
    thread = LoopThread("test")
    thread.close()
    thread.close(fail())

    with pytest.raises(ClosedError, match="must be open"):
        thread.run(double(1))


def test_closing_runs_a_last_coroutine_and_cancels_the_rest() -> None:
    story: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            story.append("cancelled")
            raise

    async def begin() -> None:
        story.append("begun")
        tasks.append(asyncio.create_task(forever()))
        await asyncio.sleep(0)

    async def last() -> None:
        story.append("last")

    tasks: list[asyncio.Task[None]] = []
    before = threading.active_count()
    thread = LoopThread("test")
    thread.run(begin())
    thread.close(last())

    assert story == ["begun", "last", "cancelled"]
    assert threading.active_count() == before


def test_an_error_of_the_last_coroutine_is_raised_and_the_thread_ends() -> None:
    before = threading.active_count()
    thread = LoopThread("test")

    with pytest.raises(LookupError):
        thread.close(fail())

    assert threading.active_count() == before


def test_the_loop_does_not_wait_for_itself() -> None:
    thread = LoopThread("test")

    async def inside() -> int:
        return thread.run(double(1))

    with pytest.raises(RuntimeError, match="by the application it tests"):
        thread.run(inside())
    thread.close()


def test_contexts_are_entered_and_left_in_the_loop() -> None:
    story: list[str] = []

    @asynccontextmanager
    async def context() -> AsyncGenerator[int, None]:
        story.append(threading.current_thread().name)
        try:
            yield 42
        except KeyError:
            story.append("swallowed")
        finally:
            story.append("left")

    thread = LoopThread("the loop")
    with thread.enter(context()) as value:
        story.append(str(value))
    with thread.enter(context()):
        raise KeyError
    with pytest.raises(LookupError, match="other"), thread.enter(context()):
        raise LookupError("other")
    thread.close()

    assert story == [
        *("the loop", "42", "left"),
        *("the loop", "swallowed", "left"),
        *("the loop", "left"),
    ]
