"""Run WebSockets on any ASGI 3 server; requests and lifespan are groundup_asyncserver's `as_asgi`.

    websocket.connect ──► a handshake request ─► application.handle ─► 101: websocket.accept
                                                                     └► anything else: denied

The server has done the framing and the handshake by then, so ``WebSocketUpgrade`` is asked for
its handler in place of its protocol.  Source: ASGI 3.0, WebSocket sub-specification 2.5.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from groundup.sockets import WebSocketUpgrade
from groundup_asyncserver import request_from_scope
from groundup_messages import Request
from groundup_response import Response
from groundup_websockets import ConnectionClosed

__all__ = ["ASGIWebSocket", "run_websocket"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Handle = Callable[[Request], Awaitable[Response]]
ABNORMAL = 1006
INTERNAL_ERROR = 1011


async def run_websocket(
    handle: Handle, scope: Mapping[str, Any], receive: Receive, send: Send
) -> None:
    """Let the application answer the handshake, then run its handler on the open connection."""
    await receive()  # websocket.connect
    request = request_from_scope(scope, receive)
    response: Response | None = None
    try:
        response = await handle(request)
        if isinstance(response, WebSocketUpgrade):
            await run_accepted(response, receive, send)
        else:
            await deny(scope, response, send)
    finally:
        request.close()
        if response is not None and getattr(response, "closable", True):
            await response.aclose()


async def run_accepted(response: WebSocketUpgrade, receive: Receive, send: Send) -> None:
    """Open the connection, run its handler and close it."""
    await send({"type": "websocket.accept", "subprotocol": response.subprotocol})
    ws = ASGIWebSocket(receive, send, response.subprotocol)
    try:
        await response.run(ws)
    except ConnectionClosed:  # the client has left while we were talking
        return
    except BaseException:
        with suppress(Exception):  # the client may be what went away
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
        return event.get("bytes") or b"" if text is None else text

    async def send(self, message: str | bytes) -> None:
        """Send one message.

        Raises:
            ConnectionClosed: The connection is closed.
        """
        if self.closed:
            raise ConnectionClosed(self.close_code or ABNORMAL, "")
        key = "text" if isinstance(message, str) else "bytes"
        try:
            await self._send({"type": "websocket.send", key: message})
        except OSError as error:  # how servers say that the client has left: ASGI 3.0, 2.4
            self.closed, self.close_code = True, ABNORMAL
            raise ConnectionClosed(ABNORMAL, "") from error

    async def send_json(self, value: Any) -> None:
        """Send a value as JSON text."""
        await self.send(json.dumps(value))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection; nothing happens when it is closed already."""
        if not self.closed:
            self.closed = True
            self.close_code = code
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
