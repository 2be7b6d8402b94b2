r"""Read answers out of bytes, however they are split: RFC 9112, seen from the client.

    HTTP/1.1 200 OK\r\n             ReplyHead
    Content-Length: 5\r\n
    \r\n
    hello                           b"hello", END

The reader is as strict as a test should be: what a browser might forgive, here is an error that
shows the bytes.  How the body ends depends on the request as well (RFC 9112, section 6.3), so the
reader is told the method.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from groundup_httpparse import ChunkedDecoder, HeaderError, Headers, LengthDecoder, ParseError
from groundup_testing.errors import AnswerError

__all__ = ["END", "Event", "ReplyHead", "ReplyParser"]

MAX_HEAD = 256 * 1024  # bytes; ten times what browsers take
HEAD_END = b"\r\n\r\n"
STATUS_LINE = re.compile(r"HTTP/(1\.[01]) ([1-9][0-9]{2}) ([\t -~\x80-\xff]*)")
DIGITS = re.compile(r"[0-9]{1,18}")
SWITCHING = 101
WITHOUT_BODY = frozenset({204, 304})
FINAL = 200


class End(Enum):
    """The body is complete."""

    END = auto()


END = End.END


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """Status line and fields of an answer."""

    version: str
    status: int
    reason: str
    headers: Headers
    keep_alive: bool
    """Whether the connection may be used again after the body."""


Event = ReplyHead | bytes | End


class UntilClose:
    """Takes a body that ends with its connection."""

    done = False
    unread = b""

    def feed(self, data: bytes) -> bytes:
        """Return everything."""
        return data


class ReplyParser:
    r"""Turn the bytes of a connection into answers.

    >>> parser = ReplyParser()
    >>> parser.expect("GET")
    >>> [type(event).__name__ for event in parser.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 2")]
    []
    >>> head, body, end = parser.feed(b"\r\n\r\nhi")
    >>> head.status, head.reason, body, end is END
    (200, 'OK', b'hi', True)

    Belongs to one connection.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._method = ""
        self._body: LengthDecoder | ChunkedDecoder | UntilClose | None = None
        self.expecting = False
        """Whether an answer is due or on its way."""

    def expect(self, method: str) -> None:
        """Note that a request has been sent, and with which method."""
        self._method = method
        self.expecting = True

    def take_unread(self) -> bytes:
        """Remove and return what came behind the last answer."""
        unread, self._buffer = self._buffer, b""
        return unread

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes and return what they complete.

        Raises:
            AnswerError: They are no HTTP answer, or nobody has asked.
        """
        self._buffer += data
        return list(self._read())

    def finish(self) -> list[Event]:
        """Hear that the connection has ended.

        Raises:
            AnswerError: An answer is not complete.
        """
        if isinstance(self._body, UntilClose):
            self._body, self.expecting = None, False
            return [END]
        if self._body is not None:
            raise AnswerError("the answer must be complete, got the end inside its body")
        if self.expecting:
            got = f"only {self._buffer[:40]!r}" if self._buffer else "nothing"
            raise AnswerError(f"a request must be answered, got {got} before the connection closed")
        return []

    def _read(self) -> Iterator[Event]:
        while self._body is None and self.expecting:
            head = self._read_head()
            if head is None:
                return
            yield head
            if head.status == SWITCHING:
                self.expecting = False
                return
            if head.status >= FINAL:
                self._body = self._choose_body(head)
        if self._body is not None:
            yield from self._read_body(self._body)
        elif self._buffer and not self.expecting:
            raise AnswerError(f"nobody has asked for an answer, got {self._buffer[:40]!r}")

    def _read_head(self) -> ReplyHead | None:
        end = self._buffer.find(HEAD_END)
        if max(end, len(self._buffer) if end < 0 else 0) > MAX_HEAD:
            raise AnswerError(f"the head of an answer must not be larger than {MAX_HEAD} bytes")
        if end < 0:
            return None
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        self._buffer = self._buffer[end + len(HEAD_END) :]
        match = STATUS_LINE.fullmatch(lines[0])
        if match is None:
            raise AnswerError(f"a status line must be HTTP/1.1 200 OK, got {lines[0][:60]!r}")
        headers = Headers()
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            try:
                headers.add(name if colon else "", value.strip(" \t"))
            except HeaderError:
                raise AnswerError(f"a field must be name: value, got {line[:60]!r}") from None
        options = {item.strip().lower() for item in headers.get("Connection", "").split(",")}
        keep = "close" not in options and (match[1] == "1.1" or "keep-alive" in options)
        return ReplyHead(match[1], int(match[2]), match[3], headers, keep)

    def _choose_body(self, head: ReplyHead) -> LengthDecoder | ChunkedDecoder | UntilClose:
        """Say how the body ends: RFC 9112, section 6.3."""
        length, coding = head.headers.get("Content-Length"), head.headers.get("Transfer-Encoding")
        if length is not None and not DIGITS.fullmatch(length):
            raise AnswerError(f"Content-Length must be one number, got {length[:40]!r}")
        if coding is not None and (length is not None or coding.lower() != "chunked"):
            raise AnswerError(
                "Transfer-Encoding must be chunked, without a Content-Length, "
                f"got {coding[:40]!r} and {length!r}"
            )
        if self._method == "HEAD" or head.status in WITHOUT_BODY:
            return LengthDecoder(0)
        if coding is not None:
            return ChunkedDecoder()
        if length is not None:
            return LengthDecoder(int(length))
        if head.keep_alive:
            raise AnswerError("an answer must have a length, be chunked, or close its connection")
        return UntilClose()

    def _read_body(self, body: LengthDecoder | ChunkedDecoder | UntilClose) -> Iterator[Event]:
        data, self._buffer = self._buffer, b""
        try:
            content = body.feed(data)
        except ParseError as error:
            raise AnswerError(f"the body must be chunked as RFC 9112 says: {error}") from None
        if content:
            yield content
        if body.done:
            self._body, self.expecting = None, False
            self._buffer = body.unread
            yield END
            if self._buffer:
                raise AnswerError(f"nothing may follow an answer, got {self._buffer[:40]!r}")
