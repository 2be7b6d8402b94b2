"""Another design: asyncio's streams carry the bytes, and handlers wait for them in threads.

One event loop owns every socket.  A handler's call is a coroutine that is handed to the loop, and
the thread of the handler waits for its result.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import Any, TypeVar

T = TypeVar("T")
LINGER = 1.0
PIECE = 65536


class Connection:
    """Calls that wait for the loop."""

    def __init__(self, reader: Any, writer: Any, idle_timeout: float) -> None:
        self._reader, self._writer, self._idle = reader, writer, idle_timeout
        self._loop = asyncio.get_running_loop()
        self.peer = writer.get_extra_info("peername")

    def _run(self, call: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(self._in_time(call), self._loop).result()

    async def _in_time(self, call: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wait_for(call, self._idle)

    def read(self, size: int = PIECE) -> bytes:
        """Wait for bytes and return at most `size`."""
        data: bytes = self._run(self._reader.read(size))
        return data

    def read_until(self, delimiter: bytes = b"\n", limit: int = PIECE) -> bytes:
        """Wait for a delimiter and return everything up to it, and it."""
        try:
            line: bytes = self._run(self._reader.readuntil(delimiter))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError(str(error)) from error
        if len(line) > limit:
            raise ValueError(f"{delimiter!r} came after {limit} bytes")
        return line

    def send(self, data: bytes) -> None:
        """Hand all of it to the transport, piece by piece, and wait for it."""
        for start in range(0, len(data), PIECE):
            self._run(self._write(data[start : start + PIECE]))

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


class TCPServer:
    """Runs an event loop of its own in serve_forever."""

    def __init__(
        self,
        host: str,
        port: int,
        handler: Callable[[Any], object],
        *,
        max_connections: int = 100,
        idle_timeout: float = 30.0,
        grace: float = 10.0,
    ) -> None:
        self._handler, self._idle_timeout, self._grace = handler, idle_timeout, grace
        self._listener = socket(AF_INET, SOCK_STREAM)
        with contextlib.suppress(OSError):
            self._listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            self._listener.bind((host, port))
            self._listener.listen()
        except OSError as error:
            self._listener.close()
            raise OSError(error.errno, f"{host}:{port}: {error.strerror}") from error
        self.address = self._listener.getsockname()
        self._pool = ThreadPoolExecutor(max_connections)
        self._max = max_connections
        self._stopping = False

    def serve_forever(self) -> None:
        """Serve until `stop` is called."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """Ask the loop to end."""
        self._stopping = True

    async def _serve(self) -> None:
        loop, talks = asyncio.get_running_loop(), set[asyncio.Task[None]]()
        self._listener.settimeout(0)
        with self._listener:
            while not self._stopping:
                talks = {talk for talk in talks if not talk.done()}
                if len(talks) >= self._max:
                    await asyncio.wait(talks, timeout=0.1, return_when="FIRST_COMPLETED")
                    continue
                with contextlib.suppress(TimeoutError):
                    accepting = loop.sock_accept(self._listener)
                    client, _ = await asyncio.wait_for(accepting, 0.1)
                    talks.add(asyncio.create_task(self._talk(client)))
        if talks:
            await asyncio.wait(talks, timeout=self._grace)
        self._pool.shutdown(wait=False)
        for talk in talks:
            talk.cancel()

    async def _talk(self, client: socket) -> None:
        reader, writer = await asyncio.open_connection(sock=client, limit=2 * PIECE)
        connection = Connection(reader, writer, self._idle_timeout)
        loop = asyncio.get_running_loop()
        try:
            with contextlib.suppress(Exception):
                await loop.run_in_executor(self._pool, self._handler, connection)
            with contextlib.suppress(OSError, TimeoutError):
                writer.write_eof()
                await asyncio.wait_for(self._drop(reader), LINGER)
        finally:
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _drop(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(PIECE):
            pass
