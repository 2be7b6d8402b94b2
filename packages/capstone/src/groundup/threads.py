r"""An HTTP face over the thread-per-connection server: the blocking way, to compare and to learn.

    TCPServer            a thread for each connection
      └─ Connection      bytes in ─► RequestParser ─► Request ─► app ─► Response ─► bytes out

The thread of the connection does everything for its client: it reads, runs the sync layers and
handlers, and writes.  Async ones run on one background loop for all, while the thread waits.
A body is read whole before the application is asked, up to ``max_body``.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

from groundup.config import Config
from groundup_httpparse import EndOfBody, Limits, ParseError, RequestHead, RequestParser
from groundup_messages import Address, Request, Response, Upgrade
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
from groundup_tcpserver import Connection, TCPServer, TCPServerError

__all__ = ["ThreadedServer"]

logger = logging.getLogger("groundup.threads")

PIECE = 64 * 1024  # bytes read at a time
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
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
        self._server = TCPServer(config.host, config.port, self._talk, grace=config.grace)

    def serve(self, announce: Callable[[str, int], object]) -> None:
        """Serve until SIGINT or SIGTERM; ``announce(host, port)`` says when it has begun.

        Raises:
            ListenError: The address cannot be listened on (of groundup_tcpserver).
        """
        config = self._config
        run(self._app.startup())
        draining = threading.Thread(target=self._drain_when_stopping, name="drain", daemon=True)
        try:
            draining.start()
            self._server.serve_forever(lambda server: announce(config.host, server.address[1]))
        finally:
            self.stop()
            draining.join()
            run(self._app.shutdown())

    def stop(self) -> None:
        """Make `serve` end; from any thread."""
        self._server.stop()

    def _drain_when_stopping(self) -> None:
        """Close what has no end of its own, while the server still waits for its clients."""
        while not self._server.stopping:
            time.sleep(LOOK)
        run(self._app.drain())

    def _talk(self, connection: Connection) -> None:
        """Answer the requests of one connection, one after the other."""
        parser = RequestParser(Limits(body=self._config.max_body))
        data = b""
        while True:
            try:
                found = read_request(connection, parser, data)
            except ParseError as error:
                refusal = Response(error.status, f"{error}\n")
                write_response(connection, refusal, "GET", "1.1", keep_alive=False)
                return
            if found is None:
                return
            head, body = found
            data = b""
            if not self._answer(connection, head, body):
                return

    def _answer(self, connection: Connection, head: RequestHead, body: bytes) -> bool:
        """Answer one request; return whether the connection can be used again."""
        request = Request(
            head.method,
            head.target,
            head.headers,
            body,
            client=address_of(connection.peer),
            server=address_of(self._server.address),
            http_version=head.version,
        )
        response: Any = self._pipeline.run_sync(request, self._app.handle)
        if isinstance(response, Upgrade):
            response = Response(501, "this server speaks HTTP only: start it with --server async\n")
        try:
            return write_response(
                connection, response, head.method, head.version, keep_alive=head.keep_alive
            )
        finally:
            request.close()
            run(response.aclose())


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


def read_request(
    connection: Connection, parser: RequestParser, data: bytes
) -> tuple[RequestHead, bytes] | None:
    """Read the next request, or return None when the client is done.

    Raises:
        ParseError: What came is not HTTP, or passes a limit.
    """
    head: RequestHead | None = None
    body: list[bytes] = []
    while True:
        for event in parser.feed(data):
            if isinstance(event, RequestHead):
                head = event
                if not event.has_body:
                    return head, b""
                if event.expects_continue:
                    connection.send(CONTINUE)
            elif isinstance(event, EndOfBody):
                assert head is not None  # noqa: S101 - the parser gives the head first
                return head, b"".join(body)
            else:
                body.append(event)
        with contextlib.suppress(TCPServerError):  # closed, or idle for too long: no more comes
            data = connection.read(PIECE, between=parser.idle)
            if data:
                continue
        parser.finish()
        return None


def write_response(
    connection: Connection,
    response: Any,
    method: str,
    http_version: str,
    *,
    keep_alive: bool,
) -> bool:
    """Write a response; return whether the connection can be used again.

    A stream that breaks off is logged, and the connection closed in the middle: the client must not
    take the half for the whole.
    """
    head, framing = serialize_head(
        response,
        method=method,
        http_version=http_version,
        keep_alive=keep_alive,
        date=current_date(),
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
    except TCPServerError:
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
