"""groundup_middleware.watchdog: it names the line that blocks, and leaves a waiting loop alone."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import pytest

from groundup_middleware import Pipeline, Watchdog
from groundup_middleware.watchdog import find_calls
from groundup_response import Response

Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]


class Reports(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.came = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
        self.came.set()


@pytest.fixture
def reports() -> Iterator[Reports]:
    logger, handler = logging.getLogger("groundup.watchdog"), Reports()
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


async def until_idle(until: Until, thread: threading.Thread) -> None:
    await until(lambda: find_calls(sys._current_frames()[thread.ident or 0]) == [])


async def pass_on(request: Any, next: Any) -> Any:
    return await next()


async def test_the_handler_that_blocks_is_named_with_its_line(reports: Reports) -> None:
    async def careless(request: Any) -> Response:
        assert reports.came.wait(10)  # blocks until it is reported
        return Response(200)

    with Watchdog(limit=0.02):
        await Pipeline([pass_on]).handle(None, careless)

    line = careless.__code__.co_firstlineno + 1
    message = reports.messages[0]
    assert "more than 20 ms by test_the_handler" in message
    assert f"careless (test_watchdog.py:{line}): make it a plain `def`" in message
    assert "< pass_on (test_watchdog.py:" in message


async def test_who_calls_a_library_that_blocks_is_to_blame(reports: Reports) -> None:
    def block() -> None:
        program = "import time; time.sleep(0.3)"
        subprocess.run([sys.executable, "-c", program], check=True)  # deep in the standard library

    with Watchdog(limit=0.02):
        block()

    assert "block (test_watchdog.py:" in reports.messages[0].partition(": make it")[0]


async def test_one_report_for_each_time(reports: Reports) -> None:
    with Watchdog(limit=0.02):
        for count in (1, 2):
            reports.came.clear()
            assert reports.came.wait(10)
            time.sleep(0.1)  # noqa: ASYNC251 - it goes on, and that is no news
            assert len(reports.messages) == count
            await asyncio.sleep(0.1)


async def test_to_stop_it_is_not_reported(reports: Reports) -> None:
    for _ in range(5):
        with Watchdog(limit=0.01):
            await asyncio.sleep(0.012)  # in the middle of a ping

    assert [message for message in reports.messages if "Watchdog.stop" in message] == []


async def test_a_sync_handler_blocks_nobody(reports: Reports) -> None:
    def slow(request: Any) -> Response:
        time.sleep(0.2)
        return Response(200)

    with Watchdog(limit=0.1):
        await Pipeline([pass_on]).handle(None, slow)

    assert [message for message in reports.messages if "slow" in message] == []


def test_a_loop_that_waits_has_nobody_to_blame(until: Until) -> None:
    loop, started = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    loop.call_soon_threadsafe(started.set)
    assert started.wait(5)

    asyncio.run(until_idle(until, thread))

    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
    assert find_calls(None) == []


def test_code_without_any_file_of_ours_is_named_too() -> None:
    frames: list[list[str]] = []

    def look(pair: Any) -> Any:
        frames.append(find_calls(sys._getframe(1)))
        return pair

    json.loads('{"a": 1}', object_hook=look)

    assert frames[0][0].startswith("test_code_without_any_file_of_ours_is_named_too (")


async def test_it_can_be_stopped_and_started_again() -> None:
    watchdog = Watchdog(limit=0.02)

    watchdog.start()
    with pytest.raises(RuntimeError, match="one for each loop"):
        watchdog.start()
    watchdog.stop()
    watchdog.stop()
    with watchdog:
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("groundup-watchdog") == 1
    assert "groundup-watchdog" not in [thread.name for thread in threading.enumerate()]


def test_a_closed_loop_ends_it() -> None:
    watchdog = Watchdog(limit=0.02)

    async def leave() -> None:
        watchdog.start()

    asyncio.run(leave())
    thread = watchdog._thread

    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
    watchdog.stop()


def test_it_needs_a_loop_and_a_limit() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        Watchdog().start()
    with pytest.raises(ValueError, match="more than zero"):
        Watchdog(limit=0)
