"""Run a handler for each connection that an HTTP server hands over.

    server: HTTP/1.1 101 ... ──► transport.set_protocol(WebSocketProtocol(...))
            handler starts   ◄── connection_made(transport)
            its first bytes  ◄── data_received(what the client sent already)

Whatever way it ends, the handler's own ``finally`` runs and the peer is told:

    the handler returns           1000
    it raises                     1011, logged here; the peer hears nothing of what it was
    it is cancelled               1001: this server is going away
    the peer or the network       the handler hears of it by `receive`, `async for` and `send`; one
                                  that waits for something else is cancelled after ``linger``
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from groundup_websockets.closing import CloseCode
from groundup_websockets.config import WebSocketConfig
from groundup_websockets.connection import Connection
from groundup_websockets.errors import ConnectionClosed
from groundup_websockets.handshake import Acceptance
from groundup_websockets.protocol import Endpoint, Role
from groundup_websockets.websocket import WebSocket

__all__ = ["WebSocketProtocol"]

logger = logging.getLogger("groundup_websockets")


class WebSocketProtocol(Connection):
    """The server's end of one WebSocket, and the task of its handler.

    Args:
        acceptance: What `accept` returned.
        run: The handler: ``async def run(ws)``.
        config: Limits and times.
    """

    def __init__(
        self,
        acceptance: Acceptance,
        run: Callable[[WebSocket], Awaitable[None]],
        config: WebSocketConfig | None = None,
    ) -> None:
        config = config or WebSocketConfig()
        endpoint = Endpoint(
            Role.SERVER,
            deflate=acceptance.deflate,
            compress=config.compression,
            max_message=config.max_message,
        )
        super().__init__(endpoint, config)
        self._subprotocol = acceptance.subprotocol
        self._run = run
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the handler."""
        super().connection_made(transport)
        self._task = self.loop.create_task(self._serve(), name="websocket handler")

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the handler time to notice, then cancel it."""
        super().connection_lost(exc)
        task = self._task
        if task is not None and not task.done():
            timer = self.loop.call_later(self.config.linger, task.cancel)
            task.add_done_callback(lambda _: timer.cancel())

    async def _serve(self) -> None:
        """Run the handler to its end, and close."""
        code: int = CloseCode.NORMAL
        try:
            await self._run(WebSocket(self, self._subprotocol))
        except asyncio.CancelledError:
            self.start_close(CloseCode.GOING_AWAY)
            raise
        except Exception as error:  # noqa: BLE001 - a boundary: nobody above would see it
            code = self._judge(error)
        self.start_close(code)

    def _judge(self, error: Exception) -> int:
        """Log an error of the handler, and return the code to close with."""
        if isinstance(error, ConnectionClosed) and self.closed:
            return CloseCode.NORMAL  # it tried to send to someone who left: no error
        code: int = getattr(error, "close_code", CloseCode.INTERNAL_ERROR)
        if code == CloseCode.INTERNAL_ERROR:
            logger.error("the handler of a WebSocket failed", exc_info=error)
        else:
            logger.warning("a WebSocket is closed with %d: %s", code, error)
        return code
