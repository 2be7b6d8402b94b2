"""The body of a request on its way from the connection to its handler.

    data_received ─► parser ─► feed ─► │ pieces │ ─► async for piece in body
                                         > 64 KiB: the connection stops reading
                     "100 Continue" ◄─── the first time that somebody waits

Pieces are kept only as far as the handler is behind; then TCP makes the client wait.  What is kept
is at most those 64 KiB, or the piece that somebody waited for, and one more read.  The clock
runs against the client only while somebody waits for it: time that a handler takes is its own.
"""

import asyncio
from collections import deque
from typing import Protocol

from groundup_asyncserver.errors import BodyTimeout

__all__ = ["BodySource", "BodyStream"]

HIGH = 64 * 1024  # bytes kept before the client has to wait
LOW = 16 * 1024  # bytes left when it may go on


class BodySource(Protocol):
    """What a body needs of its connection."""

    def pause_body(self) -> None:
        """Let the client wait."""

    def resume_body(self) -> None:
        """Let the client send."""

    def await_body(self) -> None:
        """Somebody waits for the client: ask it to send, and watch the clock."""

    def body_arrived(self) -> None:
        """Nobody waits any more."""


class BodyStream:
    """The pieces of one body, as an async iterator.  Belongs to one request, read by one task.

    Args:
        source: The connection.
        timeout: Seconds to wait in total before ``min_rate`` counts.
        min_rate: Bytes a second that the client must send after that.
    """

    __slots__ = (
        "_dropped",
        "_ended",
        "_error",
        "_held_back",
        "_min_rate",
        "_pieces",
        "_size",
        "_source",
        "_timeout",
        "_waited",
        "_waiter",
        "received",
    )

    def __init__(self, source: BodySource, timeout: float, min_rate: int) -> None:
        self.received = 0
        """Bytes that have come in."""
        self._source = source
        self._timeout = timeout
        self._min_rate = min_rate
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._dropped = 0
        self._held_back = False
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._waited = 0.0

    def feed(self, piece: bytes) -> None:
        """Add a piece that came in."""
        self.received += len(piece)
        self._size += len(piece)
        self._pieces.append(piece)
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)  # whoever waits takes this one next, whatever its size
        elif self._size > HIGH and not self._held_back:
            self._held_back = True
            self._source.pause_body()

    def finish(self) -> None:
        """Say that this was all."""
        self._ended = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """Raise an error where the body is read, after what has come in."""
        if not self._ended and self._error is None:
            self._error = error
            self._wake()

    def forget(self) -> int:
        """Drop what has come in, as nobody will read it; return how much has been dropped."""
        self._dropped += self._size
        self._pieces.clear()
        self._size = 0
        self._let_go()
        return self._dropped

    def __aiter__(self) -> "BodyStream":
        return self

    async def __anext__(self) -> bytes:
        while not self._pieces:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopAsyncIteration
            await self._wait()
        piece = self._pieces.popleft()
        self._size -= len(piece)
        if self._size <= LOW:
            self._let_go()
        return piece

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        self._source.await_body()
        since = loop.time()
        try:
            await waiter
        finally:
            self._waiter = None
            self._waited += loop.time() - since
            self._source.body_arrived()
        if self._waited > self._timeout and self.received < self._min_rate * self._waited:
            raise BodyTimeout(f"body must arrive with at least {self._min_rate} bytes a second")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _let_go(self) -> None:
        if self._held_back:
            self._held_back = False
            self._source.resume_body()
