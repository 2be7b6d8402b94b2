"""The server: listens, counts connections, and stops in an order that loses nothing.

start      handler.startup() ─► listen
stop       say "Connection: close" ─► accept no more ─► handler.drain()
           ─► open requests end, within the grace ─► the rest is cancelled
           ─► handler.shutdown()
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from groundup_asyncserver.acceptor import Acceptor
from groundup_asyncserver.calls import find_lifespan
from groundup_asyncserver.certificates import Certificate
from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.connection import HTTPProtocol
from groundup_asyncserver.context import ServerContext
from groundup_asyncserver.link import to_address
from groundup_asyncserver.listener import close_sockets, open_sockets
from groundup_asyncserver.signals import caught_signals
from groundup_messages import Address, Handler

__all__ = ["Server"]

logger = logging.getLogger("groundup.server")

CERTIFICATE_LOOK = 10.0  # seconds between two looks at the files of a certificate
LAST_WAIT = 1.0  # seconds that cancelled requests get for their closing
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach what is served on all


class Server:
    r"""An HTTP/1.1 server for a handler.

    >>> from groundup_messages import Response
    >>> async def hello(request):
    ...     return Response(200, "Hello!")
    >>> async def main():
    ...     async with Server(hello, ServerConfig(port=0)) as server:
    ...         reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    ...         writer.write(b"GET / HTTP/1.0\r\n\r\n")
    ...         answer = await reader.read()
    ...         writer.close()
    ...         return answer.splitlines()[-1]
    >>> asyncio.run(main())
    b'Hello!'

    Belongs to one event loop; ``request_stop`` may be called from any thread.

    Args:
        handler: What answers the requests, a plain or an async function.  Its ``startup``,
            ``drain`` and ``shutdown`` are awaited when it has them.
        config: Address, time-outs and limits.
        sockets: What to listen on in place of the address of the configuration, bound and owned
            by whoever opened them; the server closes them when it stops.
    """

    def __init__(
        self,
        handler: Handler,
        config: ServerConfig | None = None,
        *,
        sockets: Sequence[socket.socket] | None = None,
    ) -> None:
        self.handler = handler
        self.config = config or ServerConfig()
        self._lifespan = find_lifespan(handler)
        self._context: ServerContext | None = None
        self._given = sockets
        self._sockets: list[socket.socket] = []
        self._listeners: list[Acceptor | asyncio.Server] = []
        self._addresses = _find_addresses(sockets or ())
        self._stop_requested: asyncio.Event | None = None
        self._certificate: Certificate | None = None
        self._certificate_timer: asyncio.TimerHandle | None = None

    @property
    def addresses(self) -> list[Address]:
        """Where the server listens, or listened."""
        return list(self._addresses)

    @property
    def port(self) -> int:
        """The port; 0 before the start and for a Unix socket."""
        return next((address.port for address in self._addresses if address.port), 0)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the server."""
        scheme = "https" if self.config.is_secure else "http"
        if self.config.unix is not None:
            return f"{scheme}+unix:{self.config.unix}"
        host, port = self._addresses[0] if self._addresses else (self.config.host or "", None)
        return f"{scheme}://{Address(EVERYWHERE.get(host, host), port)}"

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return 0 if self._context is None else len(self._context.connections)

    def protocol_factory(self) -> Callable[[], HTTPProtocol]:
        """Return what makes the protocol of one connection, for transports of your own.

        Raises:
            RuntimeError: No event loop runs here.
        """
        context = self._get_context()
        return lambda: HTTPProtocol(context)

    async def start(self) -> None:
        """Get the handler ready, then listen.

        Raises:
            ListenError: The address cannot be served: port in use, privileged, not ours.
            RuntimeError: The server runs already.
        """
        if self._sockets:
            raise RuntimeError("the server runs already: stop it before it starts again")
        # First: nothing has to be undone if that fails.
        if self.config.certificate is not None:
            self._certificate = Certificate(self.config.certificate, self.config.private_key)
        self._sockets = open_sockets(self.config) if self._given is None else list(self._given)
        self._addresses = _find_addresses(self._sockets)
        try:
            if self._lifespan is not None:
                await self._lifespan.startup()
            await self._listen()
        except BaseException:
            self._close_listeners()
            self._forget_context()
            raise

    async def stop(self, grace: float | None = None) -> None:
        """Stop, in the order that the top of this module shows; a second call does nothing.

        Args:
            grace: Seconds for open requests; by default the one of the configuration.
        """
        context = self._context
        if context is None:
            return
        grace = self.config.grace if grace is None else grace
        context.draining = True
        self._close_listeners()
        if self._lifespan is not None:
            await self._run_hook(self._lifespan.drain, grace)
        context.drain()
        if not await context.wait_empty(grace):
            await self._cancel_rest(context)
        self._forget_context()
        if self._lifespan is not None:
            await self._run_hook(self._lifespan.shutdown, None)

    async def serve_forever(self, announce: "Callable[[Server], None] | None" = None) -> None:
        """Start, and serve until a signal or ``request_stop``; then stop.

        SIGINT and SIGTERM stop in order, a second one without patience.  Where signals cannot be
        caught (another thread than the main one) only ``request_stop`` ends it.

        Args:
            announce: Called once the server listens.
        """
        self._stop_requested = stop = asyncio.Event()
        await self.start()
        loop = asyncio.get_running_loop()
        renew = None if self._certificate is None else self.renew_certificate
        with caught_signals(loop, self._hear_signal, renew):
            try:
                if announce is not None:
                    announce(self)
                await stop.wait()
            finally:
                await self.stop()
                self._stop_requested = None

    def request_stop(self) -> None:
        """Make ``serve_forever`` end.  May be called from any thread."""
        context, stop = self._context, self._stop_requested
        if context is not None and stop is not None:
            with suppress(RuntimeError):  # the loop has ended already
                context.loop.call_soon_threadsafe(stop.set)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.stop()

    # -- steps --------------------------------------------------------------------------------

    def _get_context(self) -> ServerContext:
        if self._context is None:
            self._context = ServerContext(self.handler, self.config, asyncio.get_running_loop())
        return self._context

    def _forget_context(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None

    async def _listen(self) -> None:
        make, config, rules = self.protocol_factory(), self.config, self.config.ssl
        if self._certificate is not None:
            rules = self._certificate.context
            self._watch_certificate()
        for listening in self._sockets:
            acceptor = Acceptor(
                listening, make, rules, config.header_timeout, config.max_connections
            )
            try:
                acceptor.start()
            except NotImplementedError:  # Windows: its loop accepts in another way, and only itself
                options: dict[str, Any] = {"sock": listening, "backlog": config.backlog}
                if rules is not None:
                    options |= {"ssl": rules, "ssl_handshake_timeout": config.header_timeout}
                loop = asyncio.get_running_loop()
                self._listeners.append(await loop.create_server(make, **options))
            else:
                self._listeners.append(acceptor)

    def renew_certificate(self) -> bool:
        """Read the certificate's files again, as SIGHUP does; say whether they could be used.

        Connections that are open keep the one they began with.
        """
        return self._certificate is not None and self._certificate.renew()

    def _watch_certificate(self) -> None:
        certificate = self._certificate
        if certificate is not None and certificate.changed:
            certificate.renew()
        loop = asyncio.get_running_loop()
        self._certificate_timer = loop.call_later(CERTIFICATE_LOOK, self._watch_certificate)

    def _close_listeners(self) -> None:
        if self._certificate_timer is not None:
            self._certificate_timer.cancel()
            self._certificate_timer = None
        for listener in self._listeners:
            listener.close()
        if self._sockets:
            close_sockets(self._sockets, self.config.unix if self._given is None else None)
        self._sockets, self._listeners = [], []

    async def _run_hook(self, hook: Callable[[], Awaitable[None]], seconds: float | None) -> None:
        """Run a hook of the handler; stopping goes on whatever happens in it."""
        try:
            async with asyncio.timeout(seconds):
                await hook()
        except TimeoutError:
            logger.warning("%r took longer than the grace of %g seconds", hook, seconds)
        except Exception:
            logger.exception("%r failed while the server stops", hook)

    async def _cancel_rest(self, context: ServerContext) -> None:
        for connection in tuple(context.connections):
            connection.cancel()
        if not await context.wait_empty(LAST_WAIT):
            for connection in tuple(context.connections):
                connection.abort()
            await context.wait_empty(LAST_WAIT)

    def _hear_signal(self) -> None:
        if self._stop_requested is not None and not self._stop_requested.is_set():
            self._stop_requested.set()
        elif self._context is not None:
            self._context.hurry()


def _find_addresses(sockets: Sequence[socket.socket]) -> list[Address]:
    found = [to_address(listening.getsockname()) for listening in sockets]
    return [address for address in found if address is not None]
