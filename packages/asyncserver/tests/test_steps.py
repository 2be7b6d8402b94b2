"""groundup_asyncserver.steps: no task where none is needed, and a real one where it is."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_asyncserver.steps import SpareStarter, Starter

variable: ContextVar[int] = ContextVar("variable", default=0)

STARTERS = list({Starter, SpareStarter})


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.__name__)
async def start(request: pytest.FixtureRequest) -> Any:
    """Start coroutines as a protocol does: from a callback of the loop."""
    loop = asyncio.get_running_loop()
    starter = request.param(loop)

    async def start(*coroutines: Any) -> list[Any]:
        def go() -> None:
            done.set_result([starter.start(coroutine) for coroutine in coroutines])

        done: asyncio.Future[list[Any]] = loop.create_future()
        loop.call_soon(go)
        return await done

    yield start
    starter.close()


Start = Callable[..., Awaitable[list[Any]]]


async def test_a_coroutine_that_never_waits_needs_no_task(start: Start) -> None:
    ran: list[Any] = []

    async def work() -> None:
        ran.append(asyncio.current_task())

    assert await start(work(), work()) == [None, None]
    assert len(ran) == 2
    assert None not in ran


async def test_one_that_waits_goes_on_in_the_task_in_which_it_began(start: Start) -> None:
    tasks: list[Any] = []

    async def work() -> None:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0.001)
        tasks.append(asyncio.current_task())

    (task,) = await start(work())
    await task

    assert tasks == [task] * 3


async def test_coroutines_that_wait_have_a_task_each(start: Start) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    tasks = await start(*(work() for _ in range(5)))
    await asyncio.gather(*tasks)

    assert len(set(tasks)) == 5


async def test_each_has_a_context_of_its_own(start: Start) -> None:
    seen: list[tuple[int, int]] = []

    async def work(number: int) -> None:
        before = variable.get()
        variable.set(number)
        if number % 2:
            await asyncio.sleep(0.001)
        seen.append((before, variable.get()))

    tasks = await start(*(work(number) for number in range(1, 7)))
    await asyncio.gather(*(task for task in tasks if task))

    assert sorted(seen) == [(0, number) for number in range(1, 7)]
    assert variable.get() == 0


async def test_time_outs_work(start: Start) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)
        except TimeoutError:
            ended.append("in time")

    (task,) = await start(work())
    await task

    assert ended == ["in time"]
    assert task.cancelling() == 0


async def test_a_time_out_that_has_passed_already_works(start: Start) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(-1):
                await asyncio.sleep(5)
        except TimeoutError:
            ended.append("at once")

    (task,) = await start(work())
    await task

    assert ended == ["at once"]


async def test_task_groups_work(start: Start) -> None:
    results: list[int] = []

    async def child(number: int) -> None:
        await asyncio.sleep(0)
        results.append(number)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(child(number))

    (task,) = await start(work())
    await task

    assert results == [0, 1, 2]


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_cancellation_reaches_what_is_waited_for(start: Start, turns: int) -> None:
    inner: list[asyncio.Future[None]] = []

    async def work() -> None:
        inner.append(asyncio.get_running_loop().create_future())
        await inner[0]

    (task,) = await start(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert inner[0].cancelled()


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_a_cancellation_may_be_caught(start: Start, turns: int) -> None:
    caught: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            caught.append("here")
        await asyncio.sleep(0)
        caught.append("went on")

    (task,) = await start(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await task

    assert caught == ["here", "went on"]


async def test_what_is_waited_for_may_be_done_before_the_task_waits(start: Start) -> None:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()
    results: list[str] = []

    async def work() -> None:
        results.append(await future)

    loop.call_soon(lambda: loop.call_soon(future.set_result, "early"))
    (task,) = await start(work())
    await task

    assert results == ["early"]


async def test_errors_of_what_is_waited_for_arrive(start: Start) -> None:
    caught: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("inner")

    async def work() -> None:
        try:
            await asyncio.ensure_future(fail())
        except KeyError as error:
            caught.append(str(error))

    (task,) = await start(work())
    await task

    assert caught == ["'inner'"]


async def test_one_that_cancels_itself_and_ends_leaves_no_mark(start: Start) -> None:
    marks: list[int] = []

    async def cancel_myself() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    async def look() -> None:
        task = asyncio.current_task()
        assert task is not None
        marks.append(task.cancelling())
        await asyncio.sleep(0)
        marks.append(task.cancelling())

    await start(cancel_myself())
    (task,) = await start(look())
    await task

    assert marks == [0, 0]


async def test_it_works_inside_of_a_task_as_well() -> None:
    starter = Starter(asyncio.get_running_loop())
    ran: list[str] = []

    async def work() -> None:
        ran.append("first")
        await asyncio.sleep(0)
        ran.append("second")

    task = starter.start(work())
    assert task is not None
    await task

    assert ran == ["first", "second"]
    starter.close()


async def test_nothing_is_left_after_close() -> None:
    loop = asyncio.get_running_loop()
    before = asyncio.all_tasks()
    starter = SpareStarter(loop)

    async def work() -> None:
        pass

    loop.call_soon(lambda: starter.start(work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    starter.close()
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()

    assert asyncio.all_tasks() == before


async def test_a_task_shows_what_it_is_for(start: Start) -> None:
    async def answer_request() -> None:
        await asyncio.sleep(0)

    (task,) = await start(answer_request())

    assert "answer_request" in repr(task)
    await task
