"""WebSockets to the application under test: the handshake is a request like any other.

    GET /chat, Upgrade: websocket ──► layers, cookies, log-in ──► 101, or an answer that refuses
    frames                        ◄──► frames

After the 101 both ends are those of groundup_websockets, on the same transport in memory.
"""

import asyncio
import base64
import json
import os
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from groundup_httpparse import Headers
from groundup_testing.answer import Answer
from groundup_testing.browser import Browser
from groundup_testing.engine import Line
from groundup_testing.errors import AnswerError, AnswerTimeoutError, TestingError
from groundup_testing.loops import LoopThread
from groundup_testing.outgoing import Options
from groundup_websockets import (
    Acceptance,
    Connection,
    Endpoint,
    HandshakeError,
    Offer,
    Role,
    WebSocket,
    WebSocketConfig,
    check_answer,
    request_headers,
)

__all__ = ["ClientWebSocket", "RefusedError", "SocketOptions", "open_websocket"]

SWITCHING = 101


class RefusedError(TestingError):
    """The application answered a handshake with something else than a WebSocket."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(
            f"a WebSocket must be opened with 101, got {answer.status}: {answer.body[:200]!r}"
        )
        self.answer = answer
        self.status = answer.status


class SocketOptions(TypedDict, total=False):
    """What may be said about a WebSocket, by name."""

    params: Any
    """Fields for the query, as in a request."""
    headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]]
    cookies: Mapping[str, str]
    origin: str
    """Which page this client pretends to be."""
    subprotocols: Sequence[str]
    """What it speaks, the best first."""
    compression: bool
    """Whether it offers to compress; true by default."""
    config: WebSocketConfig
    """Limits and times of the client's end."""
    timeout: float | None
    """Seconds for the handshake, and for each message that is waited for."""


@asynccontextmanager
async def open_websocket(
    browser: Browser, url: str, options: SocketOptions
) -> AsyncGenerator[WebSocket, None]:
    """Open a WebSocket, and close it at the end of the block.

    Raises:
        RefusedError: The application refused; ``answer`` is its answer.
        HandshakeError: It said 101 but does not speak WebSocket as RFC 6455 has it.
        AnswerTimeoutError: It did not answer in time.
    """
    seconds = options.get("timeout", browser.settings.timeout)
    try:
        async with asyncio.timeout(seconds):
            line, acceptance = await shake_hands(browser, url, options)
    except TimeoutError as error:
        raise AnswerTimeoutError(f"{url[:80]} must be opened in {seconds} seconds") from error
    ws = take_over(line, acceptance, options.get("config") or WebSocketConfig())
    try:
        yield ws
        await ws.close()
    finally:
        browser.engine.forget(line)
        line.connection.transport.abort()


async def shake_hands(
    browser: Browser, url: str, options: SocketOptions
) -> tuple[Line, Acceptance]:
    """Ask for a WebSocket, and check the answer."""
    key = base64.b64encode(os.urandom(16)).decode()
    offer = Offer(key, tuple(options.get("subprotocols", ())), options.get("compression", True))
    fields = Headers(
        request_headers("", key, subprotocols=offer.subprotocols, compression=offer.compression)[1:]
    )
    if "origin" in options:
        fields["Origin"] = options["origin"]
    for name, value in Headers(options.get("headers") or ()).multi_items():
        fields[name] = value
    request: Options = {"headers": fields, "follow_redirects": False}
    if "params" in options:
        request["params"] = options["params"]
    if "cookies" in options:
        request["cookies"] = options["cookies"]
    reply = await browser.ask("GET", url, request)
    if reply.status != SWITCHING:
        body = await reply.read()
        raise RefusedError(Answer(reply.head, body, reply.url, error=reply.error))
    try:
        return reply.line, check_answer(reply.status, reply.headers, offer)
    except HandshakeError:
        await reply.close()
        raise


def take_over(line: Line, acceptance: Acceptance, config: WebSocketConfig) -> WebSocket:
    """Let frames be spoken on a connection from now on."""
    endpoint = Endpoint(Role.CLIENT, deflate=acceptance.deflate, max_message=config.max_message)
    connection, transport = Connection(endpoint, config), line.connection.transport
    transport.set_protocol(connection)
    connection.connection_made(transport)
    if unread := line.connection.take_unread():
        connection.data_received(unread)
    return WebSocket(connection, acceptance.subprotocol)


class ClientWebSocket:
    """A WebSocket for plain code; the same as `groundup_websockets.WebSocket`, without ``await``.

    One thread receives; any thread may send.
    """

    def __init__(self, thread: LoopThread, ws: WebSocket, timeout: float | None) -> None:
        self._thread = thread
        self._ws = ws
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._ws!r}>"

    def __iter__(self) -> Iterator[str | bytes]:
        return self

    def __next__(self) -> str | bytes:
        message = self.receive()
        if message is None:
            raise StopIteration
        return message

    @property
    def subprotocol(self) -> str | None:
        """What both ends agreed to speak."""
        return self._ws.subprotocol

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._ws.closed

    @property
    def close_code(self) -> int | None:
        """The code of the end; None while it is open."""
        return self._ws.close_code

    @property
    def close_reason(self) -> str:
        """The words that came with the code."""
        return self._ws.close_reason

    def send(self, message: str | bytes) -> None:
        """Send a message: str as text, bytes as binary.

        Raises:
            ConnectionClosed: The connection is closed.
        """
        self._thread.run(self._ws.send(message))

    def send_json(self, value: Any) -> None:
        """Send a value as JSON text."""
        self._thread.run(self._ws.send_json(value))

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """Wait for the next message; None when the application has closed.

        Args:
            timeout: Seconds, in place of those of the client.

        Raises:
            AnswerTimeoutError: No message came in time.
        """
        return self._thread.run(self._receive(self._timeout if timeout is None else timeout))

    def receive_json(self, timeout: float | None = None) -> Any:
        """Wait for the next message, and return the value that it is as JSON.

        Raises:
            AnswerError: It is no JSON, or the application has closed.
            AnswerTimeoutError: No message came in time.
        """
        message = self.receive(timeout)
        if message is None:
            raise AnswerError(
                f"a message must come, got the end: {self.close_code} {self.close_reason}".rstrip()
            )
        try:
            return json.loads(message)
        except ValueError as error:
            raise AnswerError(f"a message must be JSON ({error}), got {message[:200]!r}") from None

    def ping(self) -> float:
        """Ask whether the application is there; return the seconds that the answer took."""
        return self._thread.run(self._ws.ping())

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection, and wait for the other end to agree."""
        self._thread.run(self._ws.close(code, reason))

    async def _receive(self, seconds: float | None) -> str | bytes | None:
        try:
            async with asyncio.timeout(seconds):
                return await self._ws.receive()
        except TimeoutError as error:
            raise AnswerTimeoutError(f"a message must come in {seconds} seconds") from error
