"""Where senders wait while the peer is slow: shut by the transport, opened by it again."""

import asyncio
from collections import deque

__all__ = ["Gate"]


class Gate:
    """Open, or shut with senders waiting before it in order.  Belongs to one event loop."""

    __slots__ = ("_waiters", "shut")

    def __init__(self) -> None:
        self.shut = False
        self._waiters: deque[asyncio.Future[None]] = deque()

    def open(self) -> None:
        """Let everybody pass, the first first."""
        self.shut = False
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def passed(self) -> None:
        """Wait until the gate is open, even if it shuts again in between."""
        while self.shut:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
                raise
