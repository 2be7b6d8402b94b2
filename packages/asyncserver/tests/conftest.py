"""Servers, raw clients and a transport in memory, each closed when its test ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from groundup_asyncserver import HTTPProtocol, Server, ServerConfig, make_protocol

READ_TIMEOUT = 5.0


class Wire:
    """One connection of a client that says exactly what the test says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def read(self, size: int) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT):
            return await self.reader.readexactly(size)

    async def read_until(self, end: bytes) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT):
            return await self.reader.readuntil(end)

    async def read_all(self) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT):
            return await self.reader.read()

    async def read_response(self) -> tuple[bytes, bytes]:
        """Return head and body of one response with a Content-Length."""
        head = await self.read_until(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return head, await self.read(int(length or b"0"))

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


@pytest.fixture
async def start(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Start a server for a handler, with settings; it is stopped and looked after at the end."""
    servers: list[Server] = []

    async def start(handler: Any, **settings: Any) -> Server:
        settings.setdefault("grace", 1.0)
        server = Server(handler, ServerConfig(port=0, **settings))
        await server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()
        assert not server.connections


@pytest.fixture
async def connect(
    start: Callable[..., Awaitable[Server]],
) -> AsyncIterator[Callable[..., Awaitable[Wire]]]:
    """Open a connection to a server, or to a new one for a handler."""
    wires: list[Wire] = []

    async def connect(target: Any, **settings: Any) -> Wire:
        server = target if isinstance(target, Server) else await start(target, **settings)
        wire = Wire(*await asyncio.open_connection("127.0.0.1", server.port))
        wires.append(wire)
        return wire

    yield connect
    for wire in wires:
        await wire.close()


@pytest.fixture
def exchange(connect: Callable[..., Awaitable[Wire]]) -> Callable[..., Awaitable[bytes]]:
    """Send bytes to a new server, and return all that it answers until it closes."""

    async def exchange(handler: Any, data: bytes, **settings: Any) -> bytes:
        wire = await connect(handler, **settings)
        await wire.send(data)
        return await wire.read_all()

    return exchange


class MemoryTransport(asyncio.Transport):
    """A transport without a network: what is written is kept, and the reader may be slow."""

    def __init__(self, protocol: HTTPProtocol, *, high: int = 64 * 1024) -> None:
        super().__init__()
        self.protocol: Any = protocol
        self.written = bytearray()
        self.buffered = 0
        self.reading = True
        self.closing = False
        self.aborted = False
        self.wrote_eof = False
        self._high = high

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol  # type: ignore[no-any-return]  # Any, so that a test can look inside

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        self.buffered += len(data)
        if self.buffered > self._high:
            self.protocol.pause_writing()

    async def feed(self, data: bytes) -> None:
        """Deliver bytes as a loop does: from a callback, not from inside of a task."""
        asyncio.get_running_loop().call_soon(self._deliver, data)
        await settle()

    def _deliver(self, data: bytes) -> None:
        if self.protocol is not None:
            self.protocol.data_received(data)

    def take(self) -> bytes:
        """Return what has been written, as a client that reads all of it."""
        data = bytes(self.written)
        self.written.clear()
        if self.buffered > self._high:
            self.buffered = 0
            self.protocol.resume_writing()
        self.buffered = 0
        return data

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.wrote_eof = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        if not self.closing:
            self.closing = True
            asyncio.get_running_loop().call_soon(self.lose)

    def abort(self) -> None:
        self.aborted = True
        self.close()

    def lose(self) -> None:
        self.closing = True
        protocol, self.protocol = self.protocol, None
        if protocol is not None:
            protocol.connection_lost(None)


@pytest.fixture
async def in_memory() -> AsyncIterator[Callable[..., MemoryTransport]]:
    """Make a connection to a handler over a transport in memory."""
    transports: list[MemoryTransport] = []

    def make(handler: Any, *, high: int = 64 * 1024, **settings: Any) -> MemoryTransport:
        protocol = make_protocol(handler, ServerConfig(**settings))
        transport = MemoryTransport(protocol, high=high)
        protocol.connection_made(transport)
        transports.append(transport)
        return transport

    yield make
    for transport in transports:
        transport.lose()
    await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def turns() -> Callable[[], Awaitable[None]]:
    """Let the loop run some turns, for what needs no time but its turn."""
    return settle


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    """Fail the test that leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    await settle()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left
