"""The server of an application, in memory: connections to it, and its start and its end.

    open() ──► join(ClientConnection, HTTPProtocol) ──► kept for the next request

The server is the one that listens on ports elsewhere; only what connects it to a network is left
out.  Connections are used again as a browser does it, so whatever a server keeps in them is kept.
"""

import asyncio
from contextvars import Context
from typing import Any

from groundup_asyncserver import HTTPProtocol, Server, ServerConfig
from groundup_testing.applications import Failures, failures, find_handler, find_lifespan, watch
from groundup_testing.connection import ClientConnection
from groundup_testing.transport import join

__all__ = ["Engine", "Line"]

MAX_IDLE = 8  # connections that are kept for later


class Line:
    """One connection to the application, with what its handler raised."""

    def __init__(self, origin: tuple[str, str, int]) -> None:
        self.origin = origin
        self.connection = ClientConnection()
        self.failures: Failures = []

    @property
    def failure(self) -> Exception | None:
        """What the handler raised last, if it did."""
        return self.failures[-1] if self.failures else None


class Engine:
    """Connects to an application in memory.  Belongs to one event loop.

    Args:
        app: A handler or an ASGI application.
        config: The numbers of the server.
        client: The address that the application sees.
    """

    def __init__(self, app: Any, config: ServerConfig, client: tuple[str, int]) -> None:
        handler = find_handler(app)
        self._lifespan = find_lifespan(handler)
        self._started = False
        self._starting = asyncio.Lock()
        self._server = Server(watch(handler), config)
        self._client = client
        self._idle: list[Line] = []
        self._open: set[Line] = set()

    async def start(self) -> None:
        """Start the application, once; several tasks may ask for it.

        Raises:
            Exception: Whatever its start raises.
        """
        async with self._starting:
            if not self._started and self._lifespan is not None:
                await self._lifespan.startup()
            self._started = True

    async def stop(self) -> None:
        """Break off what is open, and shut the application down in the server's order."""
        for line in [*self._idle, *self._open]:
            await line.connection.close()
        self._idle.clear()
        self._open.clear()
        lifespan = self._lifespan if self._started else None
        self._started = False
        if lifespan is not None:
            await lifespan.drain()
        await self._server.stop()
        if lifespan is not None:
            await lifespan.shutdown()

    def open(self, scheme: str, host: str, port: int) -> Line:
        """Return a connection that is free: an idle one, or a new one."""
        origin = scheme, host, port
        for line in self._idle:
            if line.origin == origin and line.connection.reusable:
                self._idle.remove(line)
                break
        else:
            line = self._connect(origin)
        line.failures.clear()
        self._open.add(line)
        return line

    async def release(self, line: Line) -> None:
        """Keep a connection for later, or close it if it cannot be used again."""
        self._open.discard(line)
        if line.connection.reusable and len(self._idle) < MAX_IDLE:
            self._idle.append(line)
        else:
            await line.connection.close()

    def forget(self, line: Line) -> None:
        """Give a connection into other hands."""
        self._open.discard(line)

    def _connect(self, origin: tuple[str, str, int]) -> Line:
        scheme, host, port = origin
        line, context = Line(origin), Context()
        context.run(failures.set, line.failures)
        protocol: HTTPProtocol = self._server.protocol_factory()()
        join(
            (line.connection, self._client),
            (protocol, (host, port)),
            tls=scheme == "https",
            context=context,
        )
        return line
