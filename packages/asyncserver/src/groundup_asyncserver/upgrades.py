"""What becomes of a connection that speaks another protocol: the server's until it closes.

    while it serves     transport ──► their protocol            the clock looks once a second
    while it stops      transport ──► Farewell ──► theirs       hears of the end at once

Nobody tells us when such a connection closes, since its protocol is not ours.  To stand between
would cost a call for each message, so we stand there only when somebody waits for the end.
"""

import asyncio
from collections.abc import Callable

from groundup_asyncserver.context import ServerContext
from groundup_messages import Address

__all__ = ["Farewell", "Upgraded"]

LOOK = 1.0  # seconds


class Upgraded:
    """A transport in other hands: counted, and closed when the server stops."""

    __slots__ = ("_context", "_transport", "client", "deadline")

    def __init__(
        self, context: ServerContext, transport: asyncio.Transport, client: Address | None
    ) -> None:
        self.client = client
        self._context = context
        self._transport = transport
        self.deadline = context.clock.after(LOOK)

    def expire(self) -> None:
        """Look whether it is closed."""
        if self._transport.is_closing():
            self._forget()
        else:
            self.deadline = self._context.clock.after(0 if self._context.draining else LOOK)

    def drain(self) -> None:
        """Wait for the end: whoever speaks on it has been told by the handler's own ``drain``."""
        self.deadline = 0
        if self._transport.is_closing() and not self._transport.get_write_buffer_size():
            self._forget()
            return
        protocol = self._transport.get_protocol()
        if isinstance(protocol, asyncio.Protocol):  # others read in their own way: the clock looks
            self._transport.set_protocol(Farewell(protocol, self._forget))

    def cancel(self) -> None:
        """Close it."""
        self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        self._transport.abort()
        self._forget()

    def _forget(self) -> None:
        self._context.discard(self)


class Farewell(asyncio.Protocol):
    """Passes everything on to a protocol, and tells when its connection is gone."""

    def __init__(self, protocol: asyncio.Protocol, tell: Callable[[], None]) -> None:
        self._protocol = protocol
        self._tell = tell

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that nothing more will come, and the answer."""
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        """Pass on that the transport is full."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it is not."""
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on the end, and tell of it."""
        try:
            self._protocol.connection_lost(exc)
        finally:
            self._tell()
