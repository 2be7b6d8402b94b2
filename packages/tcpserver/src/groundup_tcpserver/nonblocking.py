r"""One client, as a handler beside many others sees it: every call is given away with ``yield``.

    data = yield connection.read_until(b"\n")

The call does not wait, it *says* what to wait for.  The server tries it; when it cannot be done
now, another handler goes on, and this one when the system reports that its socket is ready.
What is ``await`` elsewhere is written ``yield`` here, and the machine below it is this page.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Generator
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE

from groundup_tcpserver.buffer import Buffer
from groundup_tcpserver.connection import LINGER, LINGER_BYTES, PIECE, explain
from groundup_tcpserver.conversation import Handler, Talk, log_failure
from groundup_tcpserver.errors import ConnectionClosed, IdleTimeout, TCPServerError
from groundup_tcpserver.listener import Address

__all__ = ["AGAIN", "ENDED", "Call", "SelectorConnection"]

AGAIN, ENDED = 0, -1  # beside EVENT_READ and EVENT_WRITE: what a handler waits for
TURN = 16  # calls after which it is another handler's turn


class Call:
    """What a handler waits for: yield it."""

    __slots__ = ("attempt", "event")

    def __init__(self, event: int, attempt: Callable[[], bytes | None]) -> None:
        self.event = event
        self.attempt = attempt  # does it and returns the result, or None when it has to wait


class SelectorConnection:
    """A connection whose calls are yielded; made by ``SelectorServer``.

    It has the face of ``Connection`` and belongs to its handler.
    """

    def __init__(
        self,
        client: socket.socket,
        peer: Address,
        handler: Handler,
        *,
        idle_timeout: float,
        max_buffer: int,
    ) -> None:
        client.settimeout(0)
        self.peer = peer
        """Host and port of the client."""
        self.socket = client
        self._idle_timeout = idle_timeout
        self._buffer = Buffer(max_buffer)
        self._unsent = memoryview(b"")
        self._closed = False
        self._draining = False
        self._call: Call | None = None
        self._whole = self._talk(handler)
        self._last = float("inf")  # when even patience ends
        self._moved = time.monotonic()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<SelectorConnection {self.peer[0]}:{self.peer[1]} {state}>"

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed

    def read(self, max_bytes: int = PIECE, *, between: bool = False) -> Call:
        """Ask for up to ``max_bytes``; b"" when no more will come: see ``Connection.read``."""
        take = self._buffer.take_some
        if not between:
            return self._reading(lambda: take(max_bytes))
        return self._reading(
            lambda: b"" if self._draining and not self._buffer else take(max_bytes)
        )

    def read_until(self, delimiter: bytes = b"\n", limit: int = PIECE) -> Call:
        """Ask for everything up to a delimiter, and it: see ``Connection.read_until``."""
        return self._reading(lambda: self._buffer.take_until(delimiter, limit))

    def read_exactly(self, size: int) -> Call:
        """Ask for ``size`` bytes: see ``Connection.read_exactly``."""
        return self._reading(lambda: self._buffer.take_exactly(size))

    def send(self, data: bytes) -> Call:
        """Ask the kernel to take all bytes: see ``Connection.send``."""
        call = self._ask(Call(EVENT_WRITE, self._push))
        self._unsent = memoryview(data)
        return call

    def close(self) -> None:
        """Break the connection off: what is asked for later fails."""
        self._closed = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    # What follows is for the server.

    @property
    def deadline(self) -> float:
        """When the client has been silent for too long."""
        return min(self._moved + self._idle_timeout, self._last)

    def drain(self) -> None:
        """End the conversation at the next moment between two messages."""
        self._draining = True

    def expire(self) -> int:
        """Tell the handler that its client is silent; return what it waits for next."""
        self._moved = time.monotonic()
        return self._advance(IdleTimeout(f"client was silent for {self._idle_timeout:g} seconds"))

    def abort(self) -> None:
        """Tell the handler that it is over, and free everything."""
        self.close()
        try:
            if self._advance(ConnectionClosed("server has stopped")) != ENDED:
                self._whole.close()
        except RuntimeError as error:  # it yields while it is thrown out
            log_failure(self, error)
        self.socket.close()

    def advance(self) -> int:
        """Let the handler go on until it waits, its turn is over, or it has ended."""
        return self._advance(None)

    def _advance(self, error: Exception | None) -> int:
        for _ in range(TURN):
            result = None
            if self._call is not None and error is None:
                try:
                    result = self._call.attempt()
                except (TCPServerError, ValueError) as failure:
                    error = failure
                if result is None and error is None:
                    return self._call.event
            self._call = None
            try:
                given = self._whole.send(result) if error is None else self._whole.throw(error)
            except StopIteration:
                return ENDED
            error = None
            if given is None or given is not self._call:
                error = TypeError(f"handler must yield calls of its connection, got {given!r:.60}")
        return AGAIN

    def _talk(self, handler: Handler) -> Talk:
        """Hold the whole conversation: the handler, and the goodbye."""
        try:
            yield from self._handle(handler)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a handler may raise anything
            log_failure(self, error)
        self._call = None
        with contextlib.suppress(OSError):
            yield from self._goodbye()

    def _handle(self, handler: Handler) -> Talk:
        talk = handler(self)
        if not isinstance(talk, Generator):
            raise TypeError("handler must be a generator: yield connection.send(...)")
        yield from talk
        if self._call is not None:
            raise RuntimeError("the last call was not yielded: yield connection.send(...)")

    def _goodbye(self) -> Talk:
        """Close the sending half, and drop what still comes for a while: see ``Connection``."""
        if self._closed:
            return
        self._closed = True
        self.socket.shutdown(socket.SHUT_WR)
        self._last = time.monotonic() + LINGER
        dropped = 0
        while dropped < LINGER_BYTES:
            size = min(PIECE, LINGER_BYTES - dropped)
            data = yield self._ask(Call(EVENT_READ, partial(self._receive, size)))
            if not data:
                return
            dropped += len(data)

    def _ask(self, call: Call) -> Call:
        if self._call is not None:
            raise RuntimeError("a call must be yielded before the next: yield connection.send(...)")
        self._call = call
        return call

    def _reading(self, take: Callable[[], bytes | None]) -> Call:
        return self._ask(Call(EVENT_READ, lambda: self._fill(take)))

    def _fill(self, take: Callable[[], bytes | None]) -> bytes | None:
        """Receive until the buffer holds what is to be taken, or nothing more is there."""
        while (found := take()) is None:
            data = self._receive(PIECE)
            if data is None:
                return None
            if data:
                self._buffer.add(data)
            else:
                self._buffer.end()
        return found

    def _receive(self, size: int) -> bytes | None:
        try:
            data = self.socket.recv(size)
        except BlockingIOError:
            return None
        except OSError as error:
            raise explain(error, self._idle_timeout) from error
        self._moved = time.monotonic()
        return data

    def _push(self) -> bytes | None:
        """Send what the kernel takes; b"" when it has taken all."""
        while self._unsent:
            try:
                sent = self.socket.send(self._unsent[: 4 * PIECE])
            except BlockingIOError:
                return None
            except OSError as error:
                raise explain(error, self._idle_timeout) from error
            self._moved = time.monotonic()
            self._unsent = self._unsent[sent:]
        return b""
