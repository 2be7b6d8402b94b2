r"""Write the head of a response and decide how its body is framed: RFC 9112, section 6.

    HTTP/1.1 200 OK\r\n               status line
    Content-Type: text/plain\r\n      the fields of the response
    Content-Length: 5\r\n             framing: written here and nowhere else
    \r\n
    hello

A client finds the end of a body by one of four rules, and a head that names two of them lets
two readers see two different responses.  So whatever the program wrote into Content-Length,
Transfer-Encoding and Connection is advice; the decision is one table:

    HEAD, 1xx, 204, 205, 304, CONNECT 2xx   NONE      no body is sent
    bytes, files, announced streams         LENGTH    Content-Length, counted
    other streams, HTTP/1.1                 CHUNKED   Transfer-Encoding: chunked
    other streams, HTTP/1.0                 CLOSE     the end of the connection ends it

The head holds the line ``Connection: close`` exactly when the connection must be closed after it.
"""

from enum import Enum, auto
from typing import Any, Protocol

from groundup_httpparse import Headers
from groundup_response.body import LengthGuard, encode_piece
from groundup_response.errors import ResponseError
from groundup_response.status import forbids_content, is_interim, is_success, status_line

__all__ = ["LAST_CHUNK", "Framing", "encode_chunk", "serialize_head", "serialize_response"]

CRLF = b"\r\n"
LAST_CHUNK = b"0\r\n\r\n"
CLOSE = b"Connection: close\r\n"
KEEP_ALIVE = b"Connection: keep-alive\r\n"

# The fields whose meaning is the message's own, and not the content's.
FRAMING_FIELDS = frozenset({"content-length", "transfer-encoding", "connection", "date"})

# Heads of these fields alone are kept: they repeat, and none of them carries a credential, as
# Set-Cookie does, or Location with a token in its query.
MEMO_FIELDS = frozenset(
    {
        *("content-type", "content-encoding", "content-language", "cache-control", "vary"),
        *("server", "allow", "accept-ranges", "strict-transport-security", "referrer-policy"),
        *("x-content-type-options", "x-frame-options", "cross-origin-opener-policy"),
        *FRAMING_FIELDS,
    }
)
MAX_MEMO = 256  # heads
MAX_MEMO_HEAD = 512  # bytes

COMMON = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})  # never HEAD, never CONNECT

Pairs = tuple[tuple[str, str], ...]


class Framing(Enum):
    """How a client finds the end of the body, and so what a server writes after the head."""

    NONE = auto()
    LENGTH = auto()
    CHUNKED = auto()
    CLOSE = auto()


class Answer(Protocol):
    """What is written: the Response of this package, or anything that looks like it."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> Any: ...
    @property
    def content_length(self) -> int | None: ...


class Fields:
    """The fields of one head: those of the content as bytes, those of the message apart."""

    __slots__ = ("date", "length", "lines", "options")

    def __init__(self, status: int, headers: Headers) -> None:
        self.length: str | None = None
        self.date: str | None = None
        self.options: list[str] = []  # of Connection
        items = headers.pairs()
        if not FRAMING_FIELDS.isdisjoint(headers.lowered()):
            items = self._take_framing(items)
        lines = "".join([f"{name}: {value}\r\n" for name, value in items])
        # Headers has checked each field as it was written.  Three counts are the second lock, for
        # fields that came around it: one that smuggles a line break in starts another response.
        if lines.count("\r") != len(items) or lines.count("\n") != len(items) or "\0" in lines:
            raise ResponseError("a field must not have CR, LF or NUL inside")
        self.lines = status_line(status) + lines.encode("latin-1")

    def _take_framing(self, items: Pairs) -> Pairs:
        """Note the fields of the message, and return the others."""
        others: list[tuple[str, str]] = []
        for name, value in items:
            lower = name.lower()
            if lower not in FRAMING_FIELDS:
                others.append((name, value))
            elif lower == "content-length":
                self.length = value
            elif lower == "date":
                self.date = value
            elif lower == "connection":
                self.options += [option.strip() for option in value.split(",")]
        return tuple(others)


# Cleared when full, so the few that a site really repeats come back at once.  Assignments are
# atomic: safe between threads.
_memo: dict[tuple[int, Pairs], bytes] = {}


def serialize_head(
    response: Answer,
    *,
    method: str,
    http_version: str,
    keep_alive: bool,
    date: bytes | None = None,
) -> tuple[bytes, Framing]:
    r"""Return the head of a response, and how its body is to be sent.

    With ``Framing.LENGTH`` the body has ``response.content_length`` bytes; a stream may still
    give fewer or more, so count it with a ``LengthGuard``.

    Args:
        response: What to send.
        method: The request's method.
        http_version: The request's version, "1.0" or "1.1".
        keep_alive: Whether the connection may be used again.
        date: The value of ``Date`` (``current_date()``), or None to leave it out.

    Raises:
        ResponseError: A field has a line break in it that Headers never saw.
    """
    status, headers, body = response.status, response.headers, response.body
    if keep_alive and type(body) is bytes and http_version == "1.1" and method in COMMON:
        lines = _memo.get((status, headers.pairs()))
        if lines is None:
            lines = _make_lines(status, headers)
        if lines:
            if date is None:
                return b"%bContent-Length: %d\r\n\r\n" % (lines, len(body)), Framing.LENGTH
            head = b"%bDate: %b\r\nContent-Length: %d\r\n\r\n" % (lines, date, len(body))
            return head, Framing.LENGTH
    fields = Fields(status, headers)
    return _serialize_any(response, fields, method, http_version, keep_alive, date)


def _make_lines(status: int, headers: Headers) -> bytes:
    """Return the lines of a head that needs no decision but the length, or b"" for others."""
    fields = Fields(status, headers)
    if fields.date or fields.options or forbids_content(status):
        return b""
    if len(fields.lines) <= MAX_MEMO_HEAD and MEMO_FIELDS.issuperset(headers.lowered()):
        if len(_memo) >= MAX_MEMO:
            _memo.clear()
        _memo[status, headers.pairs()] = fields.lines
    return fields.lines


def _serialize_any(
    response: Answer,
    fields: Fields,
    method: str,
    http_version: str,
    keep_alive: bool,  # noqa: FBT001 - private, called once
    date: bytes | None,
) -> tuple[bytes, Framing]:
    framing = _choose_framing(response, method, http_version)
    head = bytearray(fields.lines)
    said = {option.lower() for option in fields.options}
    others = [one for one in fields.options if one.lower() not in {"", "close", "keep-alive"}]
    if others:  # "Upgrade", for 101 and 426: as it was written, though case makes no difference
        head += b"Connection: %b\r\n" % ", ".join(others).encode("latin-1")
    if not is_interim(response.status):  # that one is not the answer: no date, no length
        date = date if fields.date is None else fields.date.encode("latin-1")
        head += b"" if date is None else b"Date: %b\r\n" % date
        head += _length_field(response, fields, method, framing)
        if not keep_alive or "close" in said or framing is Framing.CLOSE:
            head += CLOSE
        elif http_version == "1.0":
            head += KEEP_ALIVE
    return bytes(head + CRLF), framing


def _choose_framing(response: Answer, method: str, http_version: str) -> Framing:
    status = response.status
    if method == "HEAD" or forbids_content(status) or _opens_tunnel(status, method):
        return Framing.NONE
    if response.content_length is not None:
        return Framing.LENGTH
    return Framing.CLOSE if http_version == "1.0" else Framing.CHUNKED


def _length_field(response: Answer, fields: Fields, method: str, framing: Framing) -> bytes:
    status = response.status
    if framing is Framing.CHUNKED:
        return b"Transfer-Encoding: chunked\r\n"
    if framing is Framing.CLOSE or status in {204, 304} or _opens_tunnel(status, method):
        return b""
    if forbids_content(status):  # 205
        return b"Content-Length: 0\r\n"
    length = response.content_length
    if method == "HEAD" and response.body == b"" and fields.length is not None:
        # A handler of HEAD may know the length without making the body.
        return b"Content-Length: %b\r\n" % fields.length.encode() if _digits(fields.length) else b""
    return b"" if length is None else b"Content-Length: %d\r\n" % length


def _opens_tunnel(status: int, method: str) -> bool:
    """Whether what follows the head is not HTTP any more: RFC 9110, section 9.3.6."""
    return method == "CONNECT" and is_success(status)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def encode_chunk(data: bytes) -> bytes:
    r"""Return data as one chunk; nothing for nothing, because an empty chunk ends the body.

    >>> encode_chunk(b"Wiki"), encode_chunk(b"")
    (b'4\r\nWiki\r\n', b'')
    """
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def serialize_response(response: Answer, *, method: str, http_version: str) -> bytes:
    """Return a whole response, a stream read to its end: see ``Response.serialize``."""
    body = response.body
    if hasattr(body, "__aiter__"):
        raise TypeError(
            "an async stream cannot be serialized in one call: write serialize_head and iterate "
            "over response.body with `async for`"
        )
    keep_alive = http_version != "1.0"
    head, framing = serialize_head(
        response, method=method, http_version=http_version, keep_alive=keep_alive
    )
    if framing is Framing.NONE:
        return head
    if isinstance(body, bytes):
        return head + body
    pieces = map(encode_piece, body)
    if framing is Framing.CHUNKED:
        return b"".join([head, *map(encode_chunk, pieces), LAST_CHUNK])
    guard = LengthGuard(response.content_length or 0)
    if framing is Framing.LENGTH:
        pieces = map(guard.add, pieces)
    content = b"".join(pieces)
    if framing is Framing.LENGTH:
        guard.finish()
    return head + content
