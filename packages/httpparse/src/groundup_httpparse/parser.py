r"""Turn the bytes of a connection into requests, however the network splits them: RFC 9112.

    bytes in      POST / HTTP/1.1\r\n...\r\n\r\n{"name":    "Alice"}GET /next HTT
    events out    RequestHead, b'{"name":'                  b'"Alice"}', EndOfBody
    unread                                                               GET /next HTT

The parser touches no socket, thread or loop: whoever has bytes feeds it, and what it finds comes
back as a list.  One call returns events of at most one request; what follows stays unread until the
next call.  So a server that is busy holds bytes of the next requests, never parsed ones, and a
client that sends without waiting fills nothing but its own socket.

After an error the parser is broken for good.  Nobody knows where the next request would start, and
guessing is what request smuggling lives on.
"""

from groundup_httpparse.chunked import ChunkedDecoder
from groundup_httpparse.errors import ParseError
from groundup_httpparse.head import (
    END_OF_HEAD,
    END_SIZE,
    RequestHead,
    check_request_line,
    parse_head,
)
from groundup_httpparse.headers import Headers
from groundup_httpparse.length import LengthDecoder
from groundup_httpparse.limits import DEFAULT_LIMITS, Limits

__all__ = ["EndOfBody", "Event", "RequestParser"]

CR = ord("\r")
NOT_YET = frozenset({b"", b"\r"})  # an empty line may still follow
MAX_EMPTY_LINES = 4  # before a request; some clients send one after a body


class EndOfBody:
    """The body is complete; ``trailers`` holds the fields that came after a chunked one."""

    __slots__ = ("trailers",)

    def __init__(self, trailers: Headers) -> None:
        self.trailers = trailers

    def __repr__(self) -> str:
        return f"EndOfBody({self.trailers!r})"


Event = RequestHead | bytes | EndOfBody


class RequestParser:
    r"""Parse the requests of one connection, one after the other.

    >>> parser = RequestParser()
    >>> parser.feed(b"PUT /a HTTP/1.1\r\nHost: example.com\r\nContent-Le")
    []
    >>> parser.feed(b"ngth: 5\r\n\r\nhello")
    [<RequestHead PUT '/a' HTTP/1.1>, b'hello', EndOfBody(Headers([]))]

    A head without a body is one event and the whole request.  It belongs to one connection, and is
    used by one task or thread at a time.
    """

    __slots__ = (
        "_body",
        "_buffer",
        "_empty_lines",
        "_failure",
        "_line_checked",
        "_scanned",
        "_small",
        "limits",
    )

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._small = min(limits.request_line, limits.field_line, limits.head)
        self._buffer = bytearray()  # bytes after a message, or of a head that is not whole
        self._scanned = 0  # how much of it is known not to hold the end of the head
        self._line_checked = False
        self._empty_lines = 0
        self._body: LengthDecoder | ChunkedDecoder | None = None
        self._failure: tuple[str, int] | None = None

    @property
    def idle(self) -> bool:
        """Whether no byte of a next request has come: a good moment to close the connection."""
        return self._body is None and not self._buffer and self._failure is None

    @property
    def has_unread(self) -> bool:
        """Whether bytes wait for the next call of ``feed``."""
        return bool(self._buffer)

    def feed(self, data: bytes = b"") -> list[Event]:
        """Take the next bytes and return what they complete, of one request at most.

        Pieces of a body are given on as they come, never empty.

        Raises:
            ParseError: The bytes are not HTTP, or pass a limit; every later call raises it too.
                Events found in the same call are not returned: they belong to a refused request.
        """
        if self._failure is not None:
            message, status = self._failure
            raise ParseError(message, status=status)
        try:
            if self._body is not None:
                return self._feed_body(self._body, data)
            if self._buffer:
                self._buffer += data
                return self._feed_buffer()
            end = data.find(END_OF_HEAD)
            if not 0 < end <= self._small or data[0] == CR:
                self._buffer += data
                return self._feed_buffer()
            head = parse_head(data, end, self.limits)
            end += END_SIZE
            if head.has_body:
                return self._start_body(head, data[end:])
            if end < len(data):
                self._buffer += data[end:]
            return [head]
        except ParseError as error:
            self._failure = str(error), error.status
            self._buffer.clear()
            raise

    def take_head(self, data: bytes) -> RequestHead | None:
        """Return the head if the next bytes are one head and nothing else: the usual case.

        In all others, also those that are errors, nothing is taken: ``feed`` says what they are.
        When the head says that a body follows, ``feed`` goes on with it.
        """
        end = len(data) - END_SIZE
        if self._buffer or end > self._small or data.find(END_OF_HEAD) != end:
            return None
        if self._body is not None or self._failure is not None:
            return None
        try:
            head = parse_head(data, end, self.limits)
            if head.framing.has_body:
                self._start_body(head, b"")
        except ParseError:
            return None
        return head

    def finish(self) -> None:
        """Tell the parser that no more bytes will come.

        Raises:
            ParseError: The request that has begun is not complete.
        """
        if self._failure is None and not self.idle:
            where = "head" if self._body is None else "body"
            self._failure = f"request must be complete, got the end inside its {where}", 400
            self._buffer.clear()
        if self._failure is not None:
            message, status = self._failure
            raise ParseError(message, status=status)

    def take_unread(self) -> bytes:
        """Remove and return the bytes after the last request: those of the protocol it asked for.

        The parser is as new after it.
        """
        unread = bytes(self._buffer)
        self._buffer.clear()
        self._start_over()
        return unread

    def _start_over(self) -> None:
        self._scanned = self._empty_lines = 0
        self._line_checked = False

    def _feed_buffer(self) -> list[Event]:
        """Look for a head in the buffer: the way of heads that did not come in one piece."""
        buffer = self._buffer
        self._skip_empty_lines()
        end = buffer.find(END_OF_HEAD, self._scanned)
        if end < 0 or end > self._small:
            self._check_start(end)
        if end < 0:
            self._scanned = max(0, len(buffer) - END_SIZE + 1)
            return []
        head = parse_head(bytes(buffer[: end + END_SIZE]), end, self.limits)
        del buffer[: end + END_SIZE]
        self._start_over()
        if not head.has_body:
            return [head]
        rest = bytes(buffer)
        buffer.clear()
        return self._start_body(head, rest)

    def _skip_empty_lines(self) -> None:
        """Drop the line breaks that some clients send after a body: RFC 9112, section 2.2."""
        buffer = self._buffer
        while not self._line_checked and buffer.startswith(b"\r\n"):
            self._empty_lines += 1
            if self._empty_lines > MAX_EMPTY_LINES:
                raise ParseError(f"request must come after at most {MAX_EMPTY_LINES} empty lines")
            del buffer[:2]
            self._scanned = 0

    def _check_start(self, end: int) -> None:
        """Refuse as early as possible what can never become a request."""
        buffer, limits = self._buffer, self.limits
        start = b"" if self._line_checked else bytes(buffer[: limits.request_line + 2])
        if start not in NOT_YET:
            self._line_checked = check_request_line(start, limits)
        if end > limits.head or (end < 0 and len(buffer) >= limits.head + END_SIZE):
            raise ParseError(f"head must not be larger than {limits.head} bytes", status=431)

    def _start_body(self, head: RequestHead, data: bytes) -> list[Event]:
        limit, length = self.limits.body, head.content_length
        if length is None:
            self._body = ChunkedDecoder(self.limits)
        elif limit is not None and length > limit:
            raise ParseError(
                f"body must not be larger than {limit} bytes, got {length}", status=413
            )
        elif len(data) == length:  # as a small body nearly always comes
            return [head, data, EndOfBody(Headers.from_trusted([]))]
        else:
            self._body = LengthDecoder(length)
        return [head, *self._feed_body(self._body, data)] if data else [head]

    def _feed_body(self, body: LengthDecoder | ChunkedDecoder, data: bytes) -> list[Event]:
        content = body.feed(data)
        events: list[Event] = [content] if content else []
        if body.done:
            events.append(EndOfBody(body.trailers))
            self._buffer += body.unread
            self._body = None
        return events
