r"""An HTTP face over the thread-per-connection server: the blocking way, to compare and to learn.

    TCPServer            a thread for each connection
      └─ Connection      bytes in ─► Reader ─► Request ─► app ─► Response ─► bytes out

The thread of the connection does everything for its client: it reads, calls the sync layers and
handlers, and writes.  Async ones run on one background loop for all, while the thread waits: the
way there and back costs more than all the rest, so only what is async takes it (`plaincalls`).
A body is read whole before the application is asked, up to ``max_body``; a large one to disk.

Two of its parts can be yours: the server itself (slot ``server``) and the parser (slot ``parser``).
"""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from groundup.config import Config
from groundup.interfaces import ServerLike
from groundup.plaincalls import find_plain, finish
from groundup.reading import EventReader, Reader, Received, RequestReader
from groundup_forms import SpoolError
from groundup_httpparse import ParseError
from groundup_messages import Address, PayloadTooLarge, Request, Response, Upgrade
from groundup_middleware import Pipeline
from groundup_middleware.background import background_loop
from groundup_response import (
    LAST_CHUNK,
    Framing,
    LengthGuard,
    current_date,
    encode_chunk,
    encode_piece,
    serialize_head,
)
from groundup_tcpserver import TCPServer, TCPServerError

__all__ = ["ThreadedServer"]

logger = logging.getLogger("groundup.threads")

LOOK = 0.1  # seconds between two looks at whether the server stops
END: Any = object()  # of an async stream

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the background loop, and wait for its result."""
    return asyncio.run_coroutine_threadsafe(coroutine, background_loop()).result()


class ThreadedServer:
    """Serves an application with a thread for each connection.

    Args:
        app: Has ``handle``, ``startup``, ``drain`` and ``shutdown``, all async.
        config: ``host``, ``port``, ``grace`` and ``max_body``.

    `serve` belongs to one thread, and is called once.
    """

    def __init__(self, app: Any, config: Config) -> None:
        self._app = app
        self._config = config
        # Lends the connection's own thread to the sync layers of its requests.
        self._pipeline = Pipeline()
        self._handler = app.handle
        self._stopping = threading.Event()
        make = getattr(app, "server", None) or partial(TCPServer, grace=config.grace)
        self._server: ServerLike = make(config.host, config.port, self._talk)

    def serve(self, announce: Callable[[str, int], object]) -> None:
        """Serve until SIGINT or SIGTERM; ``announce(host, port)`` says when it has begun.

        Raises:
            ListenError: The address cannot be listened on (of groundup_tcpserver).
        """
        run(self._app.startup())
        self._handler = find_plain(self._app.handle)
        draining = threading.Thread(target=self._drain_when_stopping, name="drain", daemon=True)
        try:
            draining.start()
            self._serve(announce)
        finally:
            self.stop()
            draining.join()
            run(self._app.shutdown())

    def _serve(self, announce: Callable[[str, int], object]) -> None:
        host, server = self._config.host, self._server
        if isinstance(server, TCPServer):
            server.serve_forever(lambda server: announce(host, server.address[1]))
            return
        with stopped_by_signals(self.stop):
            announce(host, server.address[1])
            server.serve_forever()

    def stop(self) -> None:
        """Make `serve` end; from any thread."""
        self._stopping.set()
        self._server.stop()

    def _drain_when_stopping(self) -> None:
        """Close what has no end of its own, while the server still waits for its clients."""
        while not (self._stopping.wait(LOOK) or getattr(self._server, "stopping", False)):
            pass
        run(self._app.drain())

    def _reader(self) -> Reader:
        make = getattr(self._app, "parser", None)
        limit = self._config.max_body
        return EventReader(limit) if make is None else RequestReader(make(), limit)

    def _talk(self, connection: Any) -> None:
        """Answer the requests of one connection, one after the other."""
        reader = self._reader()
        alive = True
        peer, here = getattr(connection, "peer", None), self._server.address
        make = partial(Request, client=address_of(peer), server=address_of(here))
        answer = partial(self._answer, connection, make)
        while alive:
            try:
                came = reader.read(connection)
                # In a context of its own: the next request may be another person's.
                alive = came is not None and copy_context().run(answer, came)
            except (ParseError, PayloadTooLarge, SpoolError) as error:
                refusal = Response(error.status, f"{error}\n")
                write_response(connection, refusal, "GET", "1.1", keep_alive=False)
                return

    def _answer(self, connection: Any, make: Callable[..., Request], came: Received) -> bool:
        """Answer one request; return whether the connection can be used again.

        Raises:
            ParseError, PayloadTooLarge, SpoolError: Its body cannot be read; nothing is answered.
        """
        request = make(came.method, came.target, came.headers, came.body, http_version=came.version)
        try:
            if request.streamed:
                finish(request.load(limit=self._config.max_body))
            return self._send(connection, self._pipeline.run_sync(request, self._handler), came)
        finally:
            request.close()

    def _send(self, connection: Any, response: Any, came: Received) -> bool:
        if isinstance(response, Upgrade):
            response = Response(501, "this server speaks HTTP only: start it with --server async\n")
        try:
            if came.keep_alive and isinstance(response, Response):
                usual = response.serialize_small(came.method, came.version, current_date())
                if usual is not None:  # nearly always
                    connection.send(usual)
                    return True
            return write_response(
                connection, response, came.method, came.version, keep_alive=came.keep_alive
            )
        finally:
            if response.closable:
                run(response.aclose())


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Generator[None]:
    """Call a function at SIGINT and SIGTERM, where a program may listen for them: its main thread.

    The call runs in a thread of its own, because the signal may have come while `stop` was held up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop_soon(_number: int, _frame: object) -> None:
        threading.Thread(target=stop, daemon=True).start()

    names = (signal.SIGINT, signal.SIGTERM)
    old = [signal.signal(name, stop_soon) for name in names]
    try:
        yield
    finally:
        for name, handler in zip(names, old, strict=True):
            signal.signal(name, handler)


def iterate(body: Any) -> Iterator[bytes | str]:
    """Yield the pieces of a stream of either kind."""
    if isinstance(body, AsyncIterable):
        pieces: Any = aiter(body)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # of anything
        while (piece := run(take_next(pieces))) is not END:
            yield piece
    else:
        yield from body


async def take_next(pieces: Any) -> Any:
    """Return the next piece of an async stream, or END."""
    return await anext(pieces, END)


def write_response(
    connection: Any, response: Any, method: str, http_version: str, *, keep_alive: bool
) -> bool:
    """Write a response; return whether the connection can be used again.

    A stream that breaks off is logged, and the connection closed in the middle: the client must not
    take the half for the whole.
    """
    date = current_date()
    head, framing = serialize_head(
        response, method=method, http_version=http_version, keep_alive=keep_alive, date=date
    )
    alive = keep_alive and b"\r\nConnection: close\r\n" not in head
    if framing is Framing.NONE:
        connection.send(head)
        return alive
    if isinstance(response.body, bytes):
        connection.send(head + response.body)
        return alive
    connection.send(head)
    guard = LengthGuard(response.content_length or 0)
    try:
        for piece in iterate(response.body):
            data = encode_piece(piece)
            connection.send(frame(data, framing, guard))
        if framing is Framing.CHUNKED:
            connection.send(LAST_CHUNK)
        elif framing is Framing.LENGTH:
            guard.finish()
    except (TCPServerError, ConnectionError):
        return False
    except Exception:
        logger.exception("response broke off while it was sent")
        return False
    return alive and framing is not Framing.CLOSE


def frame(data: bytes, framing: Framing, guard: LengthGuard) -> bytes:
    """Return a piece of a stream as it goes over the wire."""
    if framing is Framing.CHUNKED:
        return encode_chunk(data)
    return guard.add(data) if framing is Framing.LENGTH else data


def address_of(peer: Any) -> Address | None:
    """Return a socket's address as the request knows it."""
    if not isinstance(peer, tuple) or not peer:  # of a Unix socket
        return None
    return Address(str(peer[0]), int(peer[1]))  # pyright: ignore[reportUnknownArgumentType]  # of anything
