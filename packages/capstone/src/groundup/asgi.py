"""Run an application on any ASGI 3 server: one translation, in three kinds of scope.

    lifespan   ──► startup and shutdown hooks
    http       ──► Request ─► application.handle ─► Response ─► http.response.*
    websocket  ──► the same handshake request; a 101 becomes websocket.accept, anything else denies

The server has done the framing and the handshake by then, so ``WebSocketUpgrade`` is asked for
its handler in place of its protocol.  Source: ASGI 3.0, HTTP and WebSocket sub-specification 2.5.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

from groundup.sockets import WebSocketUpgrade
from groundup_asyncserver import as_asgi, request_from_scope
from groundup_messages import Request
from groundup_response import Response

__all__ = ["ASGIWebSocket", "run_asgi"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ABNORMAL = 1006
INTERNAL_ERROR = 1011


class AppLike(Protocol):
    """What an application must have to be run."""

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        ...

    async def startup(self) -> None:
        """Run the start hooks."""

    async def drain(self) -> None:
        """Close what stays open by itself."""

    async def shutdown(self) -> None:
        """Run the stop hooks."""


async def run_asgi(app: AppLike, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one ASGI scope.

    Raises:
        NotImplementedError: A kind of scope that ASGI 3 does not have.
    """
    match scope["type"]:
        case "http":
            await as_asgi(app.handle)(scope, receive, send)
        case "websocket":
            await run_websocket(app, scope, receive, send)
        case "lifespan":
            await run_lifespan(app, receive, send)
        case kind:
            msg = f"scope type must be http, websocket or lifespan, got {kind!r}"
            raise NotImplementedError(msg)


async def run_lifespan(app: AppLike, receive: Receive, send: Send) -> None:
    """Run the hooks when the server says so; a failing start is reported, not raised."""
    await receive()
    try:
        await app.startup()
    except Exception as error:  # noqa: BLE001 - the server is told whatever it was
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await app.drain()
    await app.shutdown()
    await send({"type": "lifespan.shutdown.complete"})


async def run_websocket(
    app: AppLike, scope: Mapping[str, Any], receive: Receive, send: Send
) -> None:
    """Let the application answer the handshake, then run its handler on the open connection."""
    await receive()  # websocket.connect
    request = request_from_scope(scope, receive)
    response = await app.handle(request)
    if not isinstance(response, WebSocketUpgrade):
        await deny(scope, response, send)
        return
    await send({"type": "websocket.accept", "subprotocol": response.subprotocol})
    ws = ASGIWebSocket(receive, send, response.subprotocol)
    try:
        await response.run(ws)
    except BaseException:
        await ws.close(INTERNAL_ERROR)
        raise
    await ws.close()


async def deny(scope: Mapping[str, Any], response: Response, send: Send) -> None:
    """Refuse a handshake with the response where the server can send it, else with 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers.multi_items()
    ]
    start = {"type": "websocket.http.response.start", "status": response.status}
    await send({**start, "headers": headers})
    body = response.body if isinstance(response.body, bytes) else b""
    await send({"type": "websocket.http.response.body", "body": body})


class ASGIWebSocket:
    """A WebSocket of an ASGI server, with the face of `groundup_websockets.WebSocket`.

    Belongs to one task for reading; any task may send.
    """

    def __init__(self, receive: Receive, send: Send, subprotocol: str | None) -> None:
        self._receive = receive
        self._send = send
        self.subprotocol = subprotocol
        self.closed = False
        self.close_code: int | None = None

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return self._messages()

    async def _messages(self) -> AsyncIterator[str | bytes]:
        while (message := await self.receive()) is not None:
            yield message

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None when the connection is closed."""
        if self.closed:
            return None
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            self.closed = True
            self.close_code = event.get("code", ABNORMAL)
            return None
        text: str | None = event.get("text")
        return event.get("bytes", b"") if text is None else text

    async def send(self, message: str | bytes) -> None:
        """Send one message."""
        key = "text" if isinstance(message, str) else "bytes"
        await self._send({"type": "websocket.send", key: message})

    async def send_json(self, value: Any) -> None:
        """Send a value as JSON text."""
        await self.send(json.dumps(value))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection; nothing happens when it is closed already."""
        if not self.closed:
            self.closed = True
            self.close_code = code
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
