"""What all connections of one server share, and the list of those that are open.

    Server ──► ServerContext ◄── HTTPProtocol, one for each connection
                 handler, numbers, clock, threads

A protocol needs no server: ``make_protocol`` makes one over any transport, and a context with it.
"""

import asyncio
from typing import Protocol

from groundup_asyncserver.calls import bind_handler, wants_stream
from groundup_asyncserver.clock import NEVER, Clock, Expiring
from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.crowds import Crowds
from groundup_asyncserver.memory import keep_memory
from groundup_asyncserver.steps import Starter
from groundup_asyncserver.threads import ThreadPool
from groundup_messages import Address, Handler

__all__ = ["Connection", "ServerContext"]


class Connection(Expiring, Protocol):
    """An open connection, as the server sees it."""

    client: Address | None
    """Where it comes from."""

    def drain(self) -> None:
        """Close now if no request is open, else after its answer."""

    def cancel(self) -> None:
        """Give up what is being done, and close."""

    def abort(self) -> None:
        """Close at once, whatever is lost."""


class ServerContext:
    """Handler, numbers, clock and threads of one server.  Belongs to one event loop.

    Args:
        handler: What answers the requests.
        config: The numbers.
        loop: The loop that runs it all.
        temporary: Whether to free everything with the last connection, as no server will.
    """

    def __init__(
        self,
        handler: Handler,
        config: ServerConfig,
        loop: asyncio.AbstractEventLoop,
        *,
        temporary: bool = False,
    ) -> None:
        keep_memory()
        self.config = config
        self.loop = loop
        self.pool = ThreadPool(config.threads)
        self.call = bind_handler(handler, self.pool.run)
        self.loads_body = not wants_stream(handler)
        self.clock = Clock(loop, config.tick, config.keep_alive_timeout)
        self.starter = Starter(loop)
        self.draining = False
        self.connections: set[Connection] = set()
        self._crowds = Crowds() if config.max_per_address is not None else None
        self._temporary = temporary
        self.limited = config.handler_timeout is not None
        """Whether ``work_deadline`` needs to be asked."""
        self._empty: asyncio.Future[None] | None = None

    def excess(self, client: Address | None) -> int:
        """Return by how many one more connection would be too many; 0 or less: there is room."""
        config, open_now = self.config, len(self.connections) + 1
        total = open_now - config.max_connections
        if self._crowds is None or config.max_per_address is None:
            return total
        return max(total, self._crowds.size(client) + 1 - config.max_per_address)

    def work_deadline(self) -> float:
        """Return until when a handler that begins now may work."""
        return self.clock.after(self.config.handler_timeout or NEVER)

    def add(self, connection: Connection) -> None:
        """Take a connection into the list, and watch its time-outs."""
        self.connections.add(connection)
        if self._crowds is not None:
            self._crowds.add(connection.client)
        self.clock.watch(connection)

    def discard(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        if self._crowds is not None and connection in self.connections:
            self._crowds.discard(connection.client)
        self.connections.discard(connection)
        self.clock.drop(connection)
        if self.connections:
            return
        if self._temporary:
            self.close()
        self.hurry()

    async def wait_empty(self, seconds: float) -> bool:
        """Wait until all connections are closed; say whether they are."""
        if self.connections:
            self._empty = self.loop.create_future()
            await asyncio.wait([self._empty], timeout=seconds)
        return not self.connections

    def hurry(self) -> None:
        """End ``wait_empty`` now, whether or not it has got what it waits for."""
        if self._empty is not None and not self._empty.done():
            self._empty.set_result(None)

    def drain(self) -> None:
        """Close each connection as soon as it has no open request."""
        self.draining = True
        for connection in tuple(self.connections):
            connection.drain()

    def close(self) -> None:
        """Free the threads and the spare task."""
        self.pool.close()
        self.starter.close()
