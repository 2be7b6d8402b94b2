"""groundup_middleware.background: one loop for all, which nothing ends by accident."""

import asyncio
import subprocess
import sys
import threading

import pytest

from groundup_middleware.background import Background, background_loop


async def name_of_thread() -> str:
    return threading.current_thread().name


def test_there_is_one_loop_and_it_runs_in_its_own_thread() -> None:
    future = asyncio.run_coroutine_threadsafe(name_of_thread(), background_loop())

    assert future.result(5) == "groundup-loop"
    assert background_loop() is background_loop()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_the_loop_survives_what_ends_other_loops(error: type[BaseException]) -> None:
    async def leave() -> None:
        raise error

    future = asyncio.run_coroutine_threadsafe(leave(), background_loop())

    with pytest.raises(error):
        future.result(5)
    again = asyncio.run_coroutine_threadsafe(name_of_thread(), background_loop())
    assert again.result(5) == "groundup-loop"


def test_a_stopped_loop_is_closed_and_a_new_one_started() -> None:
    background = Background()
    background.stop()
    first = background.get()

    background.stop()

    assert first.is_closed()
    second = background.get()
    assert second is not first
    background.stop()


def test_tasks_are_cancelled_before_the_loop_is_closed() -> None:
    background, ended, started = Background(), threading.Event(), threading.Event()

    async def forever() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = asyncio.run_coroutine_threadsafe(forever(), background.get())
    assert started.wait(5)

    background.stop()

    assert ended.is_set()
    assert future.cancelled()


def test_the_interpreter_ends_although_the_loop_runs() -> None:
    program = (
        "from groundup_middleware.background import background_loop\n"
        "print(background_loop().is_closed())\n"
    )

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert run.stdout == "False\n"
    assert run.stderr == ""
