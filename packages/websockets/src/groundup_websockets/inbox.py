"""Where received messages wait for the handler, within bounds.

    wire ──► put ──► [ message | message | message ] ──► get ──► handler
                       full at a count or a size

A full inbox is no error: it is the sign to stop reading from the socket, until half of it is gone.
Then the peer's own buffers fill, and the peer has to wait.  That is all there is to backpressure.
"""

import asyncio
from collections import deque

__all__ = ["Inbox"]


class Inbox:
    """A queue with two bounds and one reader.  Belongs to one event loop."""

    __slots__ = ("_bytes", "_max_bytes", "_max_count", "_messages", "_waiter", "ended")

    def __init__(self, max_count: int, max_bytes: int) -> None:
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._messages: deque[str | bytes] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self.ended = False  # no more messages will come

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def room(self) -> int:
        """How many more messages may be put."""
        if self._bytes >= self._max_bytes:
            return 0
        return max(0, self._max_count - len(self._messages))

    @property
    def bytes_left(self) -> int:
        """How many bytes are free; the message that takes the last ones may be larger."""
        return max(0, self._max_bytes - self._bytes)

    @property
    def half_empty(self) -> bool:
        """Whether it is worth while to read on."""
        return self._bytes * 2 <= self._max_bytes and len(self._messages) * 2 <= self._max_count

    @property
    def awaited(self) -> bool:
        """Whether the reader waits and has nothing to take."""
        return self._waiter is not None and not self._messages

    def put(self, message: str | bytes) -> None:
        """Add a message.  The bounds are the caller's to keep, by ``room``."""
        self._messages.append(message)
        self._bytes += len(message)
        self._wake()

    def end(self) -> None:
        """Let the reader know that what is there is all."""
        self.ended = True
        self._wake()

    async def wait(self) -> None:
        """Wait until there is a message or the end.

        Raises:
            RuntimeError: Another task waits already: its messages would go astray.
        """
        while not self._messages and not self.ended:
            if self._waiter is not None:
                raise RuntimeError(
                    "one task may receive at a time, got a second: let one task read and hand on"
                )
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def take(self) -> str | bytes | None:
        """Remove and return the oldest message, or None when there is none."""
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._bytes -= len(message)
        return message

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
