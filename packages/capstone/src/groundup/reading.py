"""Take whole requests from a connection that blocks: by the framework's parser, or by yours.

    EventReader     groundup_httpparse: heads, pieces and ends; knows limits and 100-continue
    RequestReader   slot ``parser``: whatever gives back whole requests (chapter 2)

Both have ``read(connection)``: the next request, None when the client is done, or a ParseError
with the status to refuse it with.
"""

import contextlib
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, Protocol

from groundup.interfaces import ParserLike
from groundup_httpparse import (
    EndOfBody,
    Event,
    Headers,
    Limits,
    ParseError,
    RequestHead,
    RequestParser,
)
from groundup_tcpserver import Connection as Ours
from groundup_tcpserver import TCPServerError

__all__ = ["EventReader", "Reader", "Received", "RequestReader"]

PIECE = 64 * 1024  # bytes read at a time
MAX_HEAD = 64 * 1024  # bytes that a request may have besides its body, for a parser without limits
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
ERRORS = range(400, 600)
GONE = (TCPServerError, ConnectionError, TimeoutError)  # closed, or idle for too long


class Received(NamedTuple):
    """One request as it came."""

    method: str
    target: str
    version: str
    headers: Headers
    body: bytes | AsyncIterator[bytes]
    keep_alive: bool


class Reader(Protocol):
    """What reads the requests of one connection."""

    def read(self, connection: Any, /) -> Received | None:
        """Return the next request, or None when the client is done."""


class EventReader:
    """Reads with the framework's parser.

    A body is read while whoever wants it asks: it may be larger than memory.  The next request can
    be read when it has come to its end.
    """

    def __init__(self, max_body: int) -> None:
        self._parser = RequestParser(Limits(body=max_body))

    def read(self, connection: Any, /) -> Received | None:
        """Return the next request, or None when the client is done.

        Raises:
            ParseError: What came is not HTTP, passes a limit, or ends in the middle.
        """
        data = b""
        while True:
            events = self._parser.feed(data)
            if events:
                return self._begin(connection, events)
            data = self._more(connection)
            if not data:
                return None

    def _begin(self, connection: Any, events: Sequence[Event]) -> Received:
        head, *rest = events
        assert isinstance(head, RequestHead)  # noqa: S101 - the parser gives the head first
        body: bytes | AsyncIterator[bytes] = b""
        if head.has_body:
            if head.expects_continue:
                connection.send(CONTINUE)
            body = self._pieces(connection, rest)
        return Received(head.method, head.target, head.version, head.headers, body, head.keep_alive)

    async def _pieces(self, connection: Any, events: Sequence[Event]) -> AsyncIterator[bytes]:
        """Yield a body; it waits by blocking, so it is never given to an event loop."""
        while True:
            for event in events:
                if isinstance(event, EndOfBody):
                    return
                if isinstance(event, bytes):
                    yield event
            events = self._parser.feed(self._more(connection))

    def _more(self, connection: Any) -> bytes:
        """Return more bytes, none at an end between two requests.

        Raises:
            ParseError: The end came in the middle of a request.
        """
        # Between two requests a server of ours may end the wait at once; others need not know how.
        options = {"between": self._parser.idle} if isinstance(connection, Ours) else {}
        with contextlib.suppress(*GONE):
            data: bytes = connection.read(PIECE, **options)
            if data:
                return data
        self._parser.finish()
        return b""


class RequestReader:
    """Reads with a parser of yours.

    A parser may keep as much as it likes, so the bytes of one request are counted here.
    """

    def __init__(self, parser: ParserLike, max_body: int) -> None:
        self._parser = parser
        self._room = self._max = max_body + MAX_HEAD
        self._waiting: deque[Received] = deque()

    def read(self, connection: Any, /) -> Received | None:
        """Return the next request, or None when the client is done.

        Raises:
            ParseError: The parser refused what came, or found no end in ``max_body`` bytes and
                a head.
        """
        while not self._waiting:
            data = b""
            with contextlib.suppress(*GONE):
                data = connection.read(PIECE)
            if not data:
                return None
            self._room -= len(data)
            found = self._feed(data)
            if found:
                self._room = self._max
                self._waiting.extend(found)
            elif self._room <= 0:
                msg = f"request must end within {self._max} bytes, got more"
                raise ParseError(msg, status=413)
        return self._waiting.popleft()

    def _feed(self, data: bytes) -> list[Received]:
        try:
            return [checked(request) for request in self._parser.feed(data)]
        except ParseError:
            raise
        except Exception as error:
            status: Any = getattr(error, "status", 400 if isinstance(error, ValueError) else None)
            if status not in ERRORS:
                raise
            raise ParseError(str(error), status=status) from error


def checked(request: Any) -> Received:
    """Return the parts of a request in the types that the framework promises its handlers.

    Raises:
        HeaderError: A field's name or value is none.
    """
    headers: Any = request.headers
    if not isinstance(headers, Headers):
        headers = Headers(list(headers.items() if hasattr(headers, "items") else headers))
    version = str(request.version).removeprefix("HTTP/")
    alive = getattr(request, "keep_alive", None)
    if alive is None:
        options = headers.get("connection", "").lower()
        alive = "close" not in options and (version != "1.0" or "keep-alive" in options)
    return Received(
        str(request.method), str(request.target), version, headers, bytes(request.body), bool(alive)
    )
