"""What becomes of a connection that speaks another protocol: the server's until it closes."""

import asyncio

from groundup_asyncserver.context import ServerContext
from groundup_messages import Address

__all__ = ["Upgraded"]

LOOK = 1.0  # seconds


class Upgraded:
    """A transport in other hands: counted, and closed when the server stops.

    Nobody tells us when it closes, since its protocol is not ours, so the clock looks.
    """

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
            self._context.discard(self)
        else:
            self.deadline = self._context.clock.after(0 if self._context.draining else LOOK)

    def drain(self) -> None:
        """Look more often: whoever speaks on it has been told by the handler's own ``drain``."""
        self.deadline = 0

    def cancel(self) -> None:
        """Close it."""
        self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        self._transport.abort()
        self._context.discard(self)
