"""WebSocket routes: the handshake is a request that passes every layer like any other.

The innermost handler answers it with ``101 Switching Protocols`` and the protocol to go on with;
a layer that returns something else instead refuses the connection.  So sessions, log-in and rate
limits work for WebSockets without a line of their own.

The protocol is imported with the first handshake: a site without WebSockets does not wait for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from groundup_messages import Request, Response, Upgrade
from groundup_websockets import HandshakeError, WebSocketConfig

if TYPE_CHECKING:
    from groundup_websockets import WebSocket

__all__ = ["OpenSockets", "WebSocketUpgrade"]

logger = logging.getLogger("groundup.sockets")

SocketHandler = Callable[[Any, Request], Awaitable[None]]
GOING_AWAY = 1001


class WebSocketUpgrade(Upgrade):
    """A 101 that also knows its handler, for servers that do the handshake themselves (ASGI)."""

    run: Callable[[Any], Awaitable[None]]
    subprotocol: str | None


class OpenSockets:
    """The application's open WebSockets.  Belongs to one event loop."""

    def __init__(self, config: WebSocketConfig | None = None, origins: Any = None) -> None:
        self._config = config or WebSocketConfig()
        self._origins = origins
        self._open: set[Any] = set()
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def upgrade(
        self, handler: SocketHandler, request: Request, subprotocols: Sequence[str] = ()
    ) -> Response:
        """Answer a handshake: 101 with the protocol to go on with, or the refusal's status."""
        from groundup_websockets import WebSocketProtocol, accept  # noqa: PLC0415 - see above

        if self._closing:
            return Response(503, "shutting down\n")
        origins = self._origins if self._origins is not None else same_origin(request)
        try:
            acceptance = accept(
                request.method, request.headers, origins=origins, subprotocols=subprotocols
            )
        except HandshakeError as error:
            return Response(error.status, f"{error}\n", dict(error.headers))

        async def run(ws: "WebSocket") -> None:
            self._open.add(ws)
            try:
                await handler(ws, request)
            finally:
                self._open.discard(ws)

        response = WebSocketUpgrade(
            headers=acceptance.headers,
            protocol=lambda: WebSocketProtocol(acceptance, run, self._config),
        )
        response.run = run
        response.subprotocol = acceptance.subprotocol
        return response

    def reopen(self) -> None:
        """Accept handshakes, also after a close."""
        self._closing = False

    async def close(self) -> None:
        """Accept no more handshakes, and tell every peer at once that the server goes away."""
        self._closing = True
        closing = [ws.close(GOING_AWAY) for ws in list(self._open)]
        await asyncio.gather(*closing, return_exceptions=True)


def same_origin(request: Request) -> list[str]:
    """Return the origins of this site itself.

    A browser sends a site's cookies with a WebSocket that any other site opens, so a server that
    does not look at ``Origin`` lets every page act as its user (CVE-2018-14730 is one of many).
    """
    host = urlsplit(f"//{request.host}").netloc
    return [f"http://{host}", f"https://{host}"]
