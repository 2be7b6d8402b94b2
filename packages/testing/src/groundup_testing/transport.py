"""Two protocols joined in memory, as a socket joins them: an asyncio transport with two ends.

    client protocol ── write ──► [ outgoing ] ── data_received ──► server protocol
                    ◄── data_received ── [ outgoing ] ◄── write ──

Nothing is handed over inside of ``write``: the other end gets its bytes in a turn of the loop of
its own, in pieces of a size that a socket has too, and only while it reads.  Between two sockets
the system holds some bytes, and so does this page; what goes beyond waits with the writer, who is
asked to pause above the high-water mark.  So whatever depends on that (back pressure, time-outs,
pipelining, half-closed connections, resets) works here as it works on a network, without a port.

Each end calls its protocol in a context of its own, as the transports of asyncio do: context
variables of the test are not seen by the application.
"""

import asyncio
from collections import deque
from contextvars import Context
from typing import Any

__all__ = ["MemoryTransport", "join"]

MAX_PIECE = 64 * 1024  # bytes that one call of data_received gets at most
HIGH_WATER = 64 * 1024  # bytes: where asyncio's own transports ask to pause
SYSTEM = 128 * 1024  # bytes that are on their way, for which no writer waits


class MemoryTransport(asyncio.Transport):
    """One end of a connection in memory.  Belongs to one event loop.

    Args:
        loop: Whose turns it uses.
        extra: What ``get_extra_info`` answers.
        context: Where the protocol of this end is called.
        tls: Whether to behave like TLS, which cannot be closed by half.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        extra: dict[str, Any],
        context: Context,
        *,
        tls: bool = False,
    ) -> None:
        super().__init__(extra)
        self._loop = loop
        self._context = context
        self._tls = tls
        self._peer = self
        self._protocol: asyncio.BaseProtocol = asyncio.Protocol()
        self._outgoing: deque[bytes] = deque()
        self._size = 0
        self._high, self._low = HIGH_WATER, HIGH_WATER // 4
        self._blocked = False  # the protocol has been asked to pause
        self._reading = True
        self._scheduled = False
        self._eof = False  # nothing more will be written
        self._heard_eof = False
        self._closing = False
        self._ending = False  # connection_lost is on its way
        self._lost = False

    def connect(self, peer: "MemoryTransport", protocol: asyncio.BaseProtocol) -> None:
        """Learn the other end, and give this one to its protocol."""
        self._peer = peer
        self._protocol = protocol
        self._context.run(protocol.connection_made, self)

    # -- what a protocol asks -----------------------------------------------------------------

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return whom this end calls."""
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Call another protocol from now on."""
        self._protocol = protocol

    def is_closing(self) -> bool:
        """Whether this end is closed or on the way to it."""
        return self._closing

    def is_reading(self) -> bool:
        """Whether bytes are handed to the protocol."""
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        """Leave what comes with its writer."""
        self._reading = False

    def resume_reading(self) -> None:
        """Hand over what comes, beginning in the loop's next turn."""
        self._reading = True
        self._wake()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait here, for which nothing holds a place on the way."""
        return max(0, self._size - SYSTEM)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low-water and the high-water mark."""
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set above how many bytes the protocol pauses, and at how many it goes on."""
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        self._high, self._low = high, high // 4 if low is None else low
        if not self._high >= self._low >= 0:
            msg = f"limits must be high >= low >= 0, got {self._high} and {self._low}"
            raise ValueError(msg)
        self._regulate()

    def can_write_eof(self) -> bool:
        """Whether one direction can be closed alone."""
        return not self._tls

    # -- out ----------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes: they wait here until the other end reads."""
        if self._eof:
            raise RuntimeError("nothing may be written after write_eof()")
        if self._closing or not data:
            return
        if self._peer._closing and self._peer._lost:  # noqa: SLF001 - two ends of one thing
            self._lose(ConnectionResetError("the other end has closed the connection"))
            return
        self._outgoing.append(bytes(data))
        self._size += len(data)
        self._peer._wake()  # noqa: SLF001
        self._regulate()

    def write_eof(self) -> None:
        """Send nothing more; still read."""
        if not self._eof and not self._closing:
            self._eof = True
            self._peer._wake()  # noqa: SLF001

    def close(self) -> None:
        """Close when everything is on its way; read nothing more."""
        if not self._closing:
            self._closing = True
            if self._size <= SYSTEM:
                self._lose(None)

    def abort(self) -> None:
        """Reset the connection: what has not been taken is lost."""
        self._drop()
        self._lose(None, reset=True)

    # -- between the two ----------------------------------------------------------------------

    def _take(self) -> bytes:
        """Remove the next piece for the other end."""
        if not self._outgoing:
            return b""
        piece = self._outgoing.popleft()
        if len(piece) > MAX_PIECE:
            self._outgoing.appendleft(piece[MAX_PIECE:])
            piece = piece[:MAX_PIECE]
        while self._outgoing and len(piece) + len(self._outgoing[0]) <= MAX_PIECE:
            piece += self._outgoing.popleft()
        self._size -= len(piece)
        if self._blocked and self._size <= self._low + SYSTEM:
            self._blocked = False
            self._call_soon(self._resume_writing)
        if self._closing and self._size <= SYSTEM:
            self._lose(None)
        return piece

    def _drop(self) -> None:
        self._outgoing.clear()
        self._size = 0

    def _regulate(self) -> None:
        if self._size > self._high + SYSTEM and not self._blocked and not self._closing:
            self._blocked = True
            self._protocol.pause_writing()

    def _resume_writing(self) -> None:
        if not self._blocked and not self._lost:
            self._protocol.resume_writing()

    def _wake(self) -> None:
        if not self._scheduled and not self._closing:
            self._scheduled = True
            self._call_soon(self._pump)

    def _pump(self) -> None:
        """Give the protocol its next piece, or the news that no more will come."""
        self._scheduled = False
        if self._closing or not self._reading or self._heard_eof:
            return
        protocol, peer = self._protocol, self._peer
        assert isinstance(protocol, asyncio.Protocol)  # noqa: S101 - the one kind that is joined
        if piece := peer._take():  # noqa: SLF001
            protocol.data_received(piece)
            self._wake()
        elif peer._eof or peer._lost:  # noqa: SLF001
            self._heard_eof = True
            if not protocol.eof_received() or self._tls:
                self.close()

    # -- the end ------------------------------------------------------------------------------

    def _lose(self, error: Exception | None, *, reset: bool = False) -> None:
        self._closing = True
        if not self._ending:
            self._ending = True
            self._call_soon(self._connection_lost, error, reset)

    def _connection_lost(self, error: Exception | None, reset: bool) -> None:  # noqa: FBT001 - call_soon has no keywords
        self._lost = True
        if error is not None:
            self._drop()
        self._protocol.connection_lost(error)
        self._peer._other_end_lost(reset=reset)  # noqa: SLF001

    def _other_end_lost(self, *, reset: bool) -> None:
        """Hear that the other end is gone: an end of file, or a reset if anything is lost by it."""
        if reset or (self._size and not self._lost):
            self._drop()
            self._lose(ConnectionResetError("the connection was reset by the other end"))
        else:
            self._wake()

    def _call_soon(self, callback: Any, *args: Any) -> None:
        self._loop.call_soon(callback, *args, context=self._context)


def join(
    client: tuple[asyncio.Protocol, tuple[str, int]],
    server: tuple[asyncio.Protocol, tuple[str, int]],
    *,
    tls: bool = False,
    context: Context | None = None,
) -> tuple[MemoryTransport, MemoryTransport]:
    """Connect two protocols of the running loop, the server's first, and return both transports.

    Args:
        client: A protocol and its address.
        server: The same of the other end.
        tls: Whether both believe that the connection is encrypted.
        context: Where the server's protocol is called; an empty one by default.

    Raises:
        RuntimeError: No event loop runs here.
    """
    loop = asyncio.get_running_loop()
    secure = {"sslcontext": "in memory"} if tls else {}
    near = MemoryTransport(
        loop, {"sockname": client[1], "peername": server[1], **secure}, Context(), tls=tls
    )
    far = MemoryTransport(
        loop,
        {"sockname": server[1], "peername": client[1], **secure},
        Context() if context is None else context,
        tls=tls,
    )
    near._peer, far._peer = far, near  # noqa: SLF001 - neither may write to itself
    far.connect(near, server[0])
    near.connect(far, client[0])
    return near, far
