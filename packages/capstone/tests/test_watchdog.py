"""groundup.watchdog: whoever blocks the loop is named, and nobody else."""

import asyncio
import time

import pytest

from groundup import Application, Request, Response
from groundup.watchdog import Watchdog, find_place


async def test_a_handler_that_blocks_the_loop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    app = Application(debug=True)

    @app.get("/")
    async def blocks(request: Request) -> Response:
        time.sleep(0.5)  # noqa: ASYNC251 - the mistake that is to be found
        return Response(200)

    await app.startup()
    try:
        await app.handle(Request("GET", "/"))
        async with asyncio.timeout(10):
            while not caplog.records:  # noqa: ASYNC110 - the log has no event
                await asyncio.sleep(0.01)
    finally:
        await app.shutdown()

    message = caplog.records[0].getMessage()
    assert message.startswith("blocks (")
    assert "test_watchdog.py:" in message
    assert "blocked the event loop for" in message


async def test_waiting_blocks_nobody(caplog: pytest.LogCaptureFixture) -> None:
    dog = Watchdog(limit=5)
    await dog.start()

    await asyncio.sleep(0.05)
    await dog.stop()

    assert caplog.records == []


async def test_it_can_be_stopped_twice() -> None:
    dog = Watchdog()
    await dog.start()

    await dog.stop()
    await dog.stop()


async def test_nobody_watches_without_debug_mode() -> None:
    import threading

    app = Application()
    await app.startup()

    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
    await app.shutdown()


def test_a_thread_that_is_gone_stands_nowhere() -> None:
    assert find_place(-1) == "something"
