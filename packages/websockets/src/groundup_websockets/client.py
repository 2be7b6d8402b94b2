"""Connect to a WebSocket server, from a test or a program: RFC 6455, section 4.1."""

import asyncio
import base64
import os
import re
import ssl as tls
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import SplitResult, urlsplit

from groundup_websockets.config import WebSocketConfig
from groundup_websockets.connection import Connection
from groundup_websockets.errors import HandshakeError
from groundup_websockets.handshake import Acceptance, Offer, check_answer, request_headers
from groundup_websockets.protocol import Endpoint, Role
from groundup_websockets.websocket import WebSocket

__all__ = ["connect"]

MAX_HEAD = 16 * 1024  # bytes of an answer's head
HEAD_END = b"\r\n\r\n"
STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2})(?: [^\r\n]*)?")
FIELD = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*?)[ \t]*")
UNSAFE = re.compile(r"[^!-~]")  # in a URL: blanks, line breaks, and what is not ASCII


@asynccontextmanager
async def connect(
    url: str,
    *,
    origin: str | None = None,
    subprotocols: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    config: WebSocketConfig | None = None,
    ssl: tls.SSLContext | None = None,
    open_timeout: float = 10.0,
) -> AsyncGenerator[WebSocket, None]:
    """Open a WebSocket, and close it at the end of the block.

        async with connect("ws://localhost:8000/chat") as ws:
            await ws.send("Hello")
            print(await ws.receive())

    Args:
        url: ``ws://`` or ``wss://``, host, port, path, query.
        origin: Which page this client pretends to be.
        subprotocols: What it speaks, the best first.
        headers: More fields for the request, ``Cookie`` or ``Authorization``, say.
        config: Limits and times.
        ssl: For ``wss``, in place of the default context.
        open_timeout: Seconds for connecting and the handshake together.

    Raises:
        HandshakeError: The server refused, or does not speak WebSocket; ``status`` is its answer.
        OSError: There is no connection to the server.
        TimeoutError: It took too long.
        ValueError: The URL or a field is not right.
    """
    parts = split_url(url)
    config = config or WebSocketConfig()
    offer = Offer(
        base64.b64encode(os.urandom(16)).decode(), tuple(subprotocols), config.compression
    )
    fields = request_headers(
        parts.netloc.rpartition("@")[2],
        offer.key,
        subprotocols=subprotocols,
        compression=offer.compression,
    )
    fields += [("Origin", origin)] if origin is not None else []
    request = format_request(parts, [*fields, *(headers or {}).items()])
    async with asyncio.timeout(open_timeout):
        connection, acceptance = await shake_hands(parts, request, offer, config, ssl)
    ws = WebSocket(connection, acceptance.subprotocol)
    try:
        yield ws
    except BaseException:
        connection.start_close(1011)
        connection.transport.close()
        raise
    await ws.close()


def split_url(url: str) -> SplitResult:
    """Return the parts of a WebSocket URL.

    Raises:
        ValueError: It is none.
    """
    if bad := UNSAFE.search(url):
        msg = f"a URL must be printable ASCII, got {bad[0]!r}: percent-encode it"
        raise ValueError(msg)
    parts = urlsplit(url)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or parts.fragment:
        msg = f"a URL must be ws://host/path or wss://host/path, got {url[:80]!r}"
        raise ValueError(msg)
    return parts


def format_request(parts: SplitResult, fields: list[tuple[str, str]]) -> bytes:
    """Return the head of the request."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1"]
    for name, value in fields:
        line = f"{name}: {value}"
        if not FIELD.fullmatch(line):
            msg = f"a field must have a token as name and no line break, got {name[:40]!r}"
            raise ValueError(msg)
        lines.append(line)
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def shake_hands(
    parts: SplitResult,
    request: bytes,
    offer: Offer,
    config: WebSocketConfig,
    context: tls.SSLContext | None,
) -> tuple[Connection, Acceptance]:
    """Connect, ask and check the answer; then hand the transport over, as a server does."""
    secure = parts.scheme == "wss"
    transport, protocol = await asyncio.get_running_loop().create_connection(
        lambda: AnswerReader(request),
        parts.hostname or "",
        parts.port or (443 if secure else 80),
        ssl=(context or tls.create_default_context()) if secure else None,
    )
    try:
        head, rest = await protocol.answer
        acceptance = check_answer(*parse_head(head), offer)
    except BaseException:
        transport.abort()
        raise
    endpoint = Endpoint(Role.CLIENT, deflate=acceptance.deflate, max_message=config.max_message)
    connection = Connection(endpoint, config)
    transport.set_protocol(connection)
    connection.connection_made(transport)
    if rest:
        connection.data_received(rest)
    return connection, acceptance


class AnswerReader(asyncio.Protocol):
    """Send a request, and collect the head of its answer."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._buffer = bytearray()
        self.answer: asyncio.Future[tuple[bytes, bytes]] = (
            asyncio.get_running_loop().create_future()
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Collect the head, and what comes behind it."""
        self._buffer += data
        head, end, rest = bytes(self._buffer).partition(HEAD_END)
        if end:
            self._transport.pause_reading()  # until the next protocol is there
            self._finish((head, rest))
        elif len(self._buffer) > MAX_HEAD:
            self._fail(f"the answer's head must have at most {MAX_HEAD} bytes, got more")

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        why = f": {exc}" if exc is not None else ""
        self._fail(f"the server closed the connection before it answered{why}")

    def _finish(self, answer: tuple[bytes, bytes]) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def _fail(self, message: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(HandshakeError(message, status=0))


class Fields:
    """The fields of the answer, found in any case, repeated ones joined."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def add(self, name: str, value: str) -> None:
        """Take one line."""
        name = name.lower()
        known = self._values.get(name)
        self._values[name] = value if known is None else f"{known}, {value}"

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None."""
        return self._values.get(name.lower())


def parse_head(head: bytes) -> tuple[int, Fields]:
    """Return the status and the fields of an answer."""
    status_line, *lines = head.split(b"\r\n")
    status = STATUS_LINE.fullmatch(status_line)
    if status is None:
        message = f"the answer must start with HTTP/1.1 and a status, got {status_line[:40]!r}"
        raise HandshakeError(message, status=0)
    fields = Fields()
    for line in lines:
        match = FIELD.fullmatch(line.decode("latin-1"))
        if match is None:
            raise HandshakeError(f"a field must be a name and a value, got {line[:40]!r}", status=0)
        fields.add(match[1], match[2])
    return int(status[1]), fields
