"""One transport and the patience with it: writing, holding back, time-outs, and ways to close.

    close    what has been written is sent, then the connection ends
    linger   our side is closed, the other is read and thrown away for a while: bytes that nobody
             reads make the system send a reset, and a reset overtakes the answer before it
    abort    the connection is reset, so the client knows that something went wrong

Nothing here knows HTTP.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress
from typing import Any, BinaryIO, cast

from groundup_asyncserver.clock import NEVER
from groundup_asyncserver.context import ServerContext
from groundup_asyncserver.phases import Phase
from groundup_asyncserver.sendfile import FileSender, find_socket
from groundup_messages import Address

__all__ = ["Link", "to_address"]

SMALL_SLICE = 128 * 1024  # bytes that a slow network carries in a time-out
RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # linger: on, 0 seconds


class Link(asyncio.Protocol):
    """A protocol that writes with back pressure and never waits for ever.

    Belongs to one event loop, as its transport does.
    """

    __slots__ = (
        "_blocked",
        "_busy",
        "_context",
        "_corked",
        "_keep",
        "_left",
        "_lost",
        "_phase",
        "_reading",
        "_started",
        "_waiter",
        "_work_deadline",
        "_work_phase",
        "client",
        "deadline",
        "scheme",
        "server",
        "transport",
    )

    transport: asyncio.Transport

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._phase = Phase.HEAD
        self.deadline = NEVER
        self._work_phase = Phase.WORK
        self._work_deadline = NEVER
        self._busy = False  # what comes in has to wait
        self._started = False  # something of the answer has been written
        self._keep: bool = True  # what comes next comes over this connection
        self._lost = False  # the transport is closed, or belongs to somebody else
        self._reading = True
        self._corked: list[bytes | memoryview] | None = None  # small answers that will be one write
        self._blocked = False  # the transport wants no more for now
        self._waiter: asyncio.Future[None] | None = None
        self._left = 0  # bytes in the transport when we last looked
        self.client: Address | None = None
        self.server: Address | None = None
        self.scheme = "http"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who is at both ends."""
        self.transport = cast("asyncio.Transport", transport)
        # What the system does not take at once is one piece, and not 64 KiB of pieces: ten thousand
        # clients that do not read would cost that ten thousand times.  Not 0: TLS transports have
        # too much when they have as much as that.
        with suppress(NotImplementedError):
            self.transport.set_write_buffer_limits(high=1)
        self.client = to_address(transport.get_extra_info("peername"))
        self.server = to_address(transport.get_extra_info("sockname"))
        self.scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - so asyncio calls it
        """Wake whoever waits for the transport."""
        self._lost = True
        self._context.discard(self)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(ConnectionResetError("the client is gone"))

    # -- writing ------------------------------------------------------------------------------

    def write(self, data: bytes | memoryview) -> None:
        """Send a part of the answer."""
        self._started = True
        if self._corked is None:
            self.transport.write(data)
        else:
            self._corked.append(data)

    def uncork(self) -> None:
        """Send what was kept to be one write with what follows it."""
        corked, self._corked = self._corked, None
        if corked:
            self.transport.write(b"".join(corked))

    async def writable(self) -> None:
        """Wait until the transport wants more.

        Raises:
            ConnectionResetError: It never will.
        """
        self.uncork()
        if self._lost or self.transport.is_closing():
            raise ConnectionResetError("the client is gone")
        if self._blocked:
            self._waiter = self._context.loop.create_future()
            self._left = self.transport.get_write_buffer_size()
            self._enter(Phase.WRITE, self._context.config.write_timeout)
            try:
                await self._waiter
            finally:
                self._waiter = None
                self._return_to_work(Phase.WRITE)

    async def send_file(self, file: BinaryIO, offset: int, size: int) -> int:
        """Have the kernel send a part of a file; return how many bytes it was, 0 at its end.

        Raises:
            NotImplementedError: This loop or this file cannot.
            RuntimeError: This transport or this file cannot.
        """
        await self.writable()
        self._left = 0
        self._enter(Phase.WRITE, self._context.config.write_timeout)
        try:
            out = find_socket(self.transport)
            if out is not None:
                return await self._send_by_system(out, file, offset, size)
            # Windows.  It tells only at the end what the client has taken, so that must be soon.
            return await self._context.loop.sendfile(
                self.transport, file, offset, min(size, SMALL_SLICE), fallback=False
            )
        finally:
            self._return_to_work(Phase.WRITE)

    async def _send_by_system(self, out: int, file: BinaryIO, offset: int, size: int) -> int:
        loop = self._context.loop
        sender = FileSender(loop, out, file, offset, size)
        try:
            while True:
                before = sender.sent
                room = sender.send()
                self._left += sender.sent - before  # which is what the time-out looks at
                if sender.done:
                    return sender.sent
                if room:
                    await asyncio.sleep(0)
                else:
                    self._waiter = loop.create_future()
                    sender.watch(self.resume_writing)
                    try:
                        await self._waiter
                    finally:
                        self._waiter = None
                        sender.unwatch()
                if self._lost or self.transport.is_closing():  # and the descriptor is another's
                    raise ConnectionResetError("the client is gone")
        finally:
            sender.close()

    async def run_in_thread(self, function: Any, *args: Any) -> Any:
        """Call a function that may block."""
        return await self._context.pool.run(function, *args)

    def pause_writing(self) -> None:
        """Note that the transport has too much already."""
        self._blocked = True

    def resume_writing(self) -> None:
        """Note that the transport wants more."""
        self._blocked = False
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- reading ------------------------------------------------------------------------------

    def pause_body(self) -> None:
        """Let the client wait with what it sends."""
        if self._reading and not self._lost and not self.transport.is_closing():
            self._reading = False
            self.transport.pause_reading()

    def resume_body(self) -> None:
        """Let the client send."""
        if not self._reading and not self._lost and not self.transport.is_closing():
            self._reading = True
            self.transport.resume_reading()

    # -- waiting ------------------------------------------------------------------------------

    def _enter(self, phase: Phase, seconds: float) -> None:
        self._phase = phase
        self.deadline = self._context.clock.after(seconds)

    def _return_to_work(self, phase: Phase) -> None:
        """Let the handler's own time go on, unless something has ended the phase meanwhile."""
        if self._phase is phase:
            self._phase, self.deadline = self._work_phase, self._work_deadline

    def _takes_enough(self) -> bool:
        """Whether the client has taken as much of its answer as a slow network can carry."""
        config, before = self._context.config, self._left
        self._left = self.transport.get_write_buffer_size()
        return before - self._left >= config.min_rate * config.write_timeout

    def expire(self) -> None:
        """Act on the end of somebody's time."""
        self.close()

    # -- closing ------------------------------------------------------------------------------

    def close(self) -> None:
        """Close when everything written has been sent."""
        self._busy, self._keep = True, False
        self.uncork()
        if not self._lost:
            self._enter(Phase.CLOSING, self._context.config.write_timeout)
            self.transport.close()

    def drain(self) -> None:
        """Close as soon as nothing is lost by it."""
        self.close()

    def cancel(self) -> None:
        """Give up what is being done."""
        self.close()

    def linger(self) -> None:
        """Close our side, and read until the client closes its own."""
        self._busy, self._keep = True, False
        self.uncork()
        if self._lost or self.transport.is_closing():
            return
        self._enter(Phase.LINGER, self._context.config.linger_timeout)
        self.resume_body()
        if self.transport.can_write_eof():
            try:
                self.transport.write_eof()
            except OSError:  # reset by the client, and the loop has not told us yet
                self.close()

    def abort(self) -> None:
        """Reset the connection: the client must not take what it has for the whole."""
        self._busy = True
        self.uncork()
        if self._lost:
            return
        connection = self.transport.get_extra_info("socket")
        if connection is not None and connection.family != getattr(socket, "AF_UNIX", None):
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.transport.abort()


def to_address(name: Any) -> Address | None:
    """Return what ``get_extra_info`` says of one end.

    >>> to_address(("::1", 8000, 0, 0)), to_address("/run/a.sock"), to_address("")
    (Address(host='::1', port=8000), Address(host='/run/a.sock', port=None), None)
    """
    if isinstance(name, tuple):
        host, port, *_ = cast("tuple[str, int]", name)
        return Address(host, port)
    if isinstance(name, bytes):  # a Unix socket in Linux's abstract namespace
        name = name.decode("latin-1")
    return Address(name) if name else None
