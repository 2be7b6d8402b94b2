"""A queue and a task for a subscriber that can only ``await send``.

A room never waits.  Our own WebSockets need no help for that, their transport holds what waits.
Everything else that has an ``async def send(message)``, the WebSocket of an ASGI server, say, gets
an outbox: messages wait here, within bounds, while one task sends them in order.
"""

import asyncio
import logging
from collections import deque
from typing import Any

__all__ = ["Outbox"]

logger = logging.getLogger("groundup_websockets")

TRY_AGAIN_LATER = 1013
CLOSE_TIMEOUT = 5.0


class Outbox:
    """Send to one slow thing without waiting for it.  Belongs to one event loop.

    Args:
        target: What has an async ``send``, and perhaps ``close``.
        max_bytes: How much may wait.
        max_count: How many messages may wait.
    """

    def __init__(self, target: Any, max_bytes: int = 1024 * 1024, max_count: int = 4096) -> None:
        self._target = target
        self._max_bytes = max_bytes
        self._max_count = max_count
        self._messages: deque[str | bytes] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None  # the loop holds tasks only weakly
        self.failed = False

    def put(self, message: str | bytes) -> bool:
        """Send a message later; return False when the target failed or is too slow."""
        if self.failed:
            return False
        size = len(message)
        full = self._bytes + size > self._max_bytes or len(self._messages) >= self._max_count
        if full and self._messages:
            logger.warning("a subscriber is too slow: %d bytes wait for it", self._bytes)
            self.cut_off()
            return False
        self._messages.append(message)
        self._bytes += size
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send_all())
        return True

    def cut_off(self) -> None:
        """Give up, and close the target."""
        self.stop()
        self._closer = asyncio.get_running_loop().create_task(self._close())

    def stop(self) -> None:
        """Send nothing any more."""
        self.failed = True
        self._messages.clear()
        self._bytes = 0
        if self._task is not None:
            self._task.cancel()

    async def _send_all(self) -> None:
        try:
            while self._messages:
                message = self._messages.popleft()
                await self._target.send(message)
                self._bytes -= len(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, this subscriber is gone
            logger.debug("a subscriber is gone: %r", error)
            self.failed = True
        finally:
            self._task = None

    async def _close(self) -> None:
        close = getattr(self._target, "close", None)
        if close is None:
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await close(TRY_AGAIN_LATER)
        except Exception as error:  # noqa: BLE001 - it was gone or does not answer: nothing is lost
            logger.debug("a slow subscriber did not close: %r", error)
