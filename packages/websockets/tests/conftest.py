"""The smallest HTTP server that can hand a connection over, as a real one does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from groundup_websockets import (
    HandshakeError,
    WebSocket,
    WebSocketConfig,
    WebSocketProtocol,
    accept,
)

Handler = Callable[[WebSocket], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]


class Fields(dict[str, str]):
    """Header fields by their names in lower case."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class HTTPServer(asyncio.Protocol):
    """Read a request's head, answer it, and give the transport to a `WebSocketProtocol`."""

    def __init__(self, handler: Handler, config: WebSocketConfig, **options: Any) -> None:
        self.handler = handler
        self.config = config
        self.options = options
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        request_line, *lines = head.decode("latin-1").split("\r\n")
        fields = Fields()
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        try:
            acceptance = accept(request_line.split()[0], fields, **self.options)
        except HandshakeError as error:
            self.transport.write(f"HTTP/1.1 {error.status} Refused\r\n\r\n".encode())
            self.transport.close()
            return
        answer = "".join(f"{name}: {value}\r\n" for name, value in acceptance.headers)
        self.transport.write(f"HTTP/1.1 101 Switching Protocols\r\n{answer}\r\n".encode())
        protocol = WebSocketProtocol(acceptance, self.handler, self.config)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        if rest:
            protocol.data_received(rest)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server for a handler; returns its URL."""
    servers: list[asyncio.Server] = []

    async def start(
        handler: Handler, config: WebSocketConfig | None = None, *, ssl: Any = None, **options: Any
    ) -> str:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: HTTPServer(handler, config or WebSocketConfig(), **options),
            "127.0.0.1",
            0,
            ssl=ssl,
        )
        servers.append(server)
        host, port = server.sockets[0].getsockname()
        return f"{'wss' if ssl else 'ws'}://{host}:{port}/"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def echo() -> Handler:
    """A handler that sends back what it gets."""

    async def handler(ws: WebSocket) -> None:
        async for message in ws:
            await ws.send(message)

    return handler


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what happens in another task has no Event
            await asyncio.sleep(0.001)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something is true that another task does."""
    return wait_until


class RawPeer:
    """A client that sends and reads bytes, right or wrong ones."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def read_to_end(self) -> bytes:
        """Return what comes until the server ends the connection, in whatever way."""
        data = b""
        with suppress(ConnectionResetError):
            async with asyncio.timeout(20):
                while piece := await self.reader.read(65536):
                    data += piece
        return data


@pytest.fixture
async def dial() -> AsyncIterator[Callable[[str], Awaitable[RawPeer]]]:
    """Open a WebSocket by hand; returns the bare connection after the handshake."""
    peers: list[RawPeer] = []

    async def open_raw(url: str, extra: str = "") -> RawPeer:
        host, _, port = url.removeprefix("ws://").rstrip("/").partition(":")
        peer = RawPeer(*await asyncio.open_connection(host, int(port), limit=1 << 26))
        peers.append(peer)
        peer.send(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
            + f"{extra}\r\n".encode()
        )
        await peer.reader.readuntil(b"\r\n\r\n")
        return peer

    yield open_raw
    for peer in peers:
        peer.writer.transport.abort()
    await asyncio.sleep(0)
