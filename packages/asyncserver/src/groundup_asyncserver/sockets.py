"""Host the WebSockets of an ASGI application: the part of ``from_asgi`` that outlives its request.

    handshake ─► websocket.connect       websocket.accept ─► 101, and the connection is open
                                         websocket.close  ─► 403
                                         websocket.http.response.start, .body ─► that response
    message   ─► websocket.receive       websocket.send   ─► message
    end       ─► websocket.disconnect    websocket.close  ─► end

Frames are none of this package's business.  Whoever knows them gives a function that makes an
``Upgrade`` of a request; what it opens is talked to in whole messages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from groundup_asyncserver.errors import Disconnected
from groundup_asyncserver.scope import ASGIApp, Message
from groundup_messages import Request, Response, Upgrade

__all__ = ["OpenSocket", "SocketExchange", "SocketOpener"]

NO_CODE = 1005  # the peer closed and said nothing: RFC 6455, section 7.4.1
ABNORMAL = 1006


class OpenSocket(Protocol):
    """An open WebSocket: what hosting needs of it."""

    @property
    def close_code(self) -> int | None:
        """The code it was closed with; None while it is open."""

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None when it is closed."""
        ...

    async def send(self, message: str | bytes, /) -> None:
        """Send a message."""

    async def close(self, code: int, reason: str, /) -> None:
        """Close it."""


class SocketOpener(Protocol):
    """Answers a handshake: returns an ``Upgrade`` whose protocol calls ``run`` when it is open.

    A request that is no good handshake it refuses with an error that has a ``status``, or with
    another response.
    """

    def __call__(
        self,
        request: Request,
        run: Callable[[Any], Awaitable[None]],
        /,
        *,
        subprotocol: str | None,
        headers: list[tuple[str, str]],
    ) -> Response:
        """Return the answer; its head has these fields beside those of the handshake."""
        ...


class SocketExchange:
    """One call of an application for one WebSocket."""

    def __init__(self, request: Request, opener: SocketOpener) -> None:
        loop = asyncio.get_running_loop()
        self._request = request
        self._opener = opener
        self._connected = False
        self._answer: asyncio.Future[Response] = loop.create_future()
        self._socket: asyncio.Future[OpenSocket | None] = loop.create_future()  # None: never opens
        self._handed_over = False
        self._denial: Message | None = None
        self._denial_body = b""
        self._task: asyncio.Task[None] | None = None

    def start(self, app: ASGIApp, scope: dict[str, Any]) -> "asyncio.Task[None]":
        """Run the application; its error is raised where its answer is waited for."""
        self._task = asyncio.ensure_future(self._run(app, scope))
        return self._task

    async def make_response(self) -> Response:
        """Wait until the application accepts or refuses, and return what to answer."""
        try:
            response = await self._answer
        except BaseException:
            self.disconnect()
            raise
        if isinstance(response, Upgrade):
            make_protocol = response.protocol

            def hand_over() -> asyncio.Protocol:
                self._handed_over = True
                return make_protocol()

            response.protocol = hand_over
        response.call_on_close(self.disconnect)
        return response

    def disconnect(self) -> None:
        """Say that the connection never opens, unless it has been handed over already."""
        if not self._handed_over and not self._socket.done():
            self._socket.set_result(None)

    # -- the application's side ---------------------------------------------------------------

    async def _run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Disconnected:  # the client's affair, and the application has heard of it
            return
        except Exception as error:
            if self._answer.done():
                raise
            self._answer.set_exception(error)
        finally:
            if not self._answer.done():
                self._answer.set_exception(
                    RuntimeError("an ASGI application must accept or close a WebSocket")
                )

    async def _talk(self, socket: OpenSocket) -> None:
        """Let the application talk on an open connection, until it returns."""
        self._socket.set_result(socket)
        if self._task is not None:
            await self._task

    async def receive(self) -> Message:
        """Give the application the handshake, then messages, then the end."""
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        socket = await asyncio.shield(self._socket)
        if socket is None:
            return {"type": "websocket.disconnect", "code": ABNORMAL, "reason": ""}
        message = await socket.receive()
        if message is None:
            code = socket.close_code or NO_CODE
            return {"type": "websocket.disconnect", "code": code, "reason": ""}
        kind = "text" if isinstance(message, str) else "bytes"
        return {"type": "websocket.receive", kind: message}

    async def send(self, message: Message) -> None:
        """Take a message of the application.

        Raises:
            OSError: The connection is closed.
            RuntimeError: The message has no place here.
        """
        kind = message["type"]
        if self._answer.done():
            await self._send_open(kind, message)
        elif kind == "websocket.accept":
            self._accept(message)
        elif kind == "websocket.close":
            self._answer.set_result(Response(403, "Forbidden\n"))
        elif kind == "websocket.http.response.start" and self._denial is None:
            self._denial = message
        elif kind == "websocket.http.response.body" and self._denial is not None:
            self._deny(self._denial, message)
        else:
            raise RuntimeError(f"an ASGI application must not send {kind!r} here")

    def _accept(self, message: Message) -> None:
        try:
            response = self._opener(
                self._request,
                self._talk,
                subprotocol=message.get("subprotocol"),
                headers=_decode(message),
            )
        except Exception as error:
            self._answer.set_exception(error)
            raise Disconnected("the handshake is refused") from error
        self._answer.set_result(response)

    def _deny(self, start: Message, message: Message) -> None:
        self._denial_body += message.get("body", b"")
        if not message.get("more_body", False):
            self._answer.set_result(Response(start["status"], self._denial_body, _decode(start)))

    async def _send_open(self, kind: str, message: Message) -> None:
        if kind not in {"websocket.send", "websocket.close"}:
            raise RuntimeError(f"an ASGI application must not send {kind!r} here")
        socket = await asyncio.shield(self._socket)
        if socket is None:
            raise Disconnected("the client closed the connection")
        if kind == "websocket.close":
            await socket.close(message.get("code", 1000), message.get("reason") or "")
            return
        text: str | None = message.get("text")
        try:
            await socket.send(message["bytes"] if text is None else text)
        except Exception as error:
            if socket.close_code is None:
                raise
            raise Disconnected("the connection is closed") from error


def _decode(message: Message) -> list[tuple[str, str]]:
    """Return the fields of a message, without those that belong to the handshake."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in message.get("headers", ())
    ]
