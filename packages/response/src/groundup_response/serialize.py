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

A site answers with few kinds of heads.  What the table and the fields decide is called the shape of
a head, and is remembered; only the time and the length are written anew each time.
"""

from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

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

# Heads of these fields alone are remembered: they repeat, and none of them carries a credential, as
# Set-Cookie does, or Location with a token in its query.
MEMO_FIELDS = frozenset(
    {
        *("content-type", "content-encoding", "content-language", "cache-control", "vary"),
        *("server", "allow", "accept-ranges", "strict-transport-security", "referrer-policy"),
        *("x-content-type-options", "x-frame-options", "cross-origin-opener-policy"),
        *("cross-origin-resource-policy", "permissions-policy", "access-control-allow-origin"),
        *("access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"),
        *("etag", "last-modified", "content-length", "transfer-encoding", "connection"),
    }
)
MAX_MEMO = 512  # heads
MAX_MEMO_HEAD = 1024  # characters of all fields, so the memo holds at most 512 KiB of them

SPECIAL = frozenset({"HEAD", "CONNECT"})  # methods whose answers have rules of their own

Pairs = tuple[tuple[str, str], ...]

# All that decides about the shape of an answer to any other method: status, fields, version,
# whether the connection is kept, and whether the length is known.
Key = tuple[int, Pairs, str, bool, bool]


class Framing(Enum):
    """How a client finds the end of the body, and so what a server writes after the head."""

    NONE = auto()
    LENGTH = auto()
    CHUNKED = auto()
    CLOSE = auto()


# A head but for the time and the length: status line and fields, whether the server's Date comes
# next, whether Content-Length comes next, the rest with the empty line, and the framing.
Shape = tuple[bytes, bool, bool, bytes, Framing]


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


class Said(NamedTuple):
    """What the program's own fields say about the message."""

    closes: bool = False
    dated: bool = False
    length: str | None = None


NOTHING = Said()

# Cleared when full, so the few that a site really repeats come back at once.  Assignments are
# atomic: safe between threads.
_memo: dict[Key, Shape] = {}

# Of those, the usual ones, for ``Response.serialize_small``: bytes in the body or none at all, and
# a connection that is kept.  By status, fields and version; what stands before Date, whether there
# is a length and a body, and what stands behind the length.
usual: dict[tuple[int, Pairs, str], tuple[bytes, bool, bytes]] = {}


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

    ``Connection: close`` or ``Connection: keep-alive``, if the head says so, is its last line: it
    ends with ``b"\r\nConnection: close\r\n\r\n"`` exactly when the connection must be closed.

    Args:
        response: What to send.
        method: The request's method.
        http_version: The request's version, "1.0" or "1.1".
        keep_alive: Whether the connection may be used again.
        date: The value of ``Date`` (``current_date()``), or None to leave it out.

    Raises:
        ResponseError: A field has a line break in it that Headers never saw.
    """
    body = response.body
    length = len(body) if type(body) is bytes else response.content_length
    key = response.status, response.headers.pairs(), http_version, keep_alive, length is not None
    shape = None if method in SPECIAL else _memo.get(key)
    if shape is None:
        shape = _make_shape(key, response, method)
        if method not in SPECIAL and _may_keep(response.headers):
            _remember(key, shape)
    lines, dated, counted, end, framing = shape
    if counted:  # so there is a length
        if dated and date is not None:
            head = b"%bDate: %b\r\nContent-Length: %d\r\n%b" % (lines, date, length or 0, end)
            return head, framing
        return b"%bContent-Length: %d\r\n%b" % (lines, length or 0, end), framing
    if dated and date is not None:
        return b"%bDate: %b\r\n%b" % (lines, date, end), framing
    return lines + end, framing


def _remember(key: Key, shape: Shape) -> None:
    if len(_memo) >= MAX_MEMO:
        _memo.clear()
        usual.clear()
    _memo[key] = shape
    status, items, http_version, keep_alive, _ = key
    lines, dated, counted, end, framing = shape
    whole = counted or framing is Framing.NONE  # and not a stream
    if keep_alive and dated and whole and not end.endswith(CLOSE + CRLF):
        usual[status, items, http_version] = lines, counted, end


def _make_shape(key: Key, response: Answer, method: str) -> Shape:
    status, items, http_version, keep_alive, known = key
    said = NOTHING
    if not FRAMING_FIELDS.isdisjoint(response.headers.lowered()):
        items, said = _take_framing(items, status)
    lines = _write_lines(status, items)
    framing, end = _choose_framing(status, method if method in SPECIAL else "", http_version, known)
    if is_interim(status):  # it is not the answer: no date, no length, nothing about what follows
        return lines, False, False, CRLF, framing
    if method == "HEAD" and end is None and said.length is not None and response.body == b"":
        # A handler of HEAD may know the length without making the body.
        end = b"Content-Length: %b\r\n" % said.length.encode() if _digits(said.length) else b""
    counted = known and end is None
    end = end or b""
    if said.closes or not keep_alive or framing is Framing.CLOSE:
        end += CLOSE
    elif http_version == "1.0":
        end += KEEP_ALIVE
    return lines, not said.dated, counted, end + CRLF, framing


def _take_framing(items: Pairs, status: int) -> tuple[Pairs, Said]:
    """Return what is to be written of all fields, and what those about the message say."""
    kept: list[tuple[str, str]] = []
    options: list[str] = []  # of Connection
    date: str | None = None
    length: str | None = None
    for name, value in items:
        lower = name.lower()
        if lower not in FRAMING_FIELDS:
            kept.append((name, value))
        elif lower == "content-length":
            length = value
        elif lower == "date" and not is_interim(status):
            date = value
        elif lower == "connection":
            options += [option.strip() for option in value.split(",")]
    others = [option for option in options if option.lower() not in {"", "close", "keep-alive"}]
    if others:  # "Upgrade", for 101 and 426: as it was written, though case makes no difference
        kept.append(("Connection", ", ".join(others)))
    if date is not None:
        kept.append(("Date", date))
    closes = "close" in [option.lower() for option in options]
    return tuple(kept), Said(closes, date is not None, length)


def _write_lines(status: int, items: Pairs) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in items])
    # Headers has checked each field as it was written.  Three counts are the second lock, for
    # fields that came around it: one that smuggles a line break in starts another response.
    if lines.count("\r") != len(items) or lines.count("\n") != len(items) or "\0" in lines:
        raise ResponseError("a field must not have CR, LF or NUL inside")
    return status_line(status) + lines.encode("latin-1")


def _may_keep(headers: Headers) -> bool:
    """Whether the shape of a head with these fields may be remembered: no secret, and not long."""
    if not MEMO_FIELDS.issuperset(headers.lowered()):
        return False
    return sum([len(name) + len(value) for name, value in headers.pairs()]) <= MAX_MEMO_HEAD


@lru_cache(maxsize=256)
def _choose_framing(
    status: int,
    method: str,
    http_version: str,
    known: bool,  # noqa: FBT001 - private, called once
) -> tuple[Framing, bytes | None]:
    """Return the framing and the line that tells it; None for Content-Length, if it is known."""
    if _opens_tunnel(status, method) or status in {204, 304}:
        return Framing.NONE, b""
    if forbids_content(status):  # 205, and 1xx, which have no such line at all
        return Framing.NONE, b"Content-Length: 0\r\n"
    if method == "HEAD":
        return Framing.NONE, None
    if known:
        return Framing.LENGTH, None
    if http_version == "1.0":
        return Framing.CLOSE, b""
    return Framing.CHUNKED, b"Transfer-Encoding: chunked\r\n"


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
