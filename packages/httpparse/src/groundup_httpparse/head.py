r"""Read the head of a request: request line and fields: RFC 9112, sections 3 and 5.

    POST /api/users?x=1 HTTP/1.1\r\n     method, target, version: one space between them
    Host: example.com\r\n                fields, read by ``lines``
    Content-Length: 17\r\n               framing, read by ``framing``
    \r\n

The lines below the first are called the block.  A client on a kept connection often sends the same
block with every request, so what was found in it is remembered by its bytes, from the second time
on: a client that never repeats itself pays little for it and drives nobody out.  What is remembered
can be told by its time, so only blocks that hold no secret are: never one with a cookie, with
credentials, or with a name that this page does not know.  A memo that is full is emptied.  Each
step on it is atomic, so threads may share it.

Some fields differ from request to request while all around them stays the same.  Their lines are
taken out of the block, the rest is looked up, and they are put back in their places, not
remembered.  None of them says anything about the others, so this changes no result.
"""

import re

from groundup_httpparse.errors import ParseError
from groundup_httpparse.framing import Framing, read_framing
from groundup_httpparse.grammar import TOKEN_CHARACTERS, shorten
from groundup_httpparse.headers import Headers
from groundup_httpparse.limits import Limits
from groundup_httpparse.lines import parse_fields, too_many_fields
from groundup_httpparse.target import check_target

__all__ = ["END_OF_HEAD", "END_SIZE", "RequestHead", "check_request_line", "parse_head"]

END_OF_HEAD = b"\r\n\r\n"
END_SIZE = len(END_OF_HEAD)

# The target is visible ASCII; a "#" never leaves a browser, and who sends one means to confuse.
REQUEST_LINE = re.compile(rf'([{TOKEN_CHARACTERS}]++) ([!"$-~]++) HTTP/1\.(?=[01]\r\n)')
FIRST_BYTE = re.compile(f"[{TOKEN_CHARACTERS}]".encode())
ANY_VERSION = re.compile(rb"\S+ \S+ HTTP/([0-9]\.[0-9])")

# Methods whose target needs no more than its slash.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
new = object.__new__

# Fields that differ from request to request.  Two letters rule most other lines out.  A line that
# is not as it should be is no match: it stays in the block, for ``lines`` to say what is wrong.
VARYING = re.compile(
    r"""\r\n(?=[AaCcFfIiRrTtXx][AaEeFfOoRrUu-])
    ( [Aa](?i:uthorization) | [Cc](?i:ookie) | [Ff](?i:orwarded) | [Rr](?i:ange|eferer)
    | [Ii](?i:f-(?:modified-since|none-match|range)) | [Tt](?i:race(?:parent|state))
    | [Xx](?i:-(?:correlation-id|csrf-token|forwarded-for|real-ip|request-id)) )
    :[ \t]*+([\t\x20-\x7e\x80-\xff]*+)(?<![ \t])(?=\r\n|\Z)""",
    re.VERBOSE | re.ASCII,
)

# Fields that a client sends in the same words again and again, and that are nobody's secret.
REPEATED = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language", "cache-control"),
        *("connection", "content-length", "content-type", "dnt", "expect", "host", "keep-alive"),
        *("origin", "pragma", "priority", "purpose", "save-data", "sec-ch-ua", "sec-ch-ua-arch"),
        *("sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-gpc"),
        *("sec-fetch-site", "sec-fetch-user", "te", "transfer-encoding", "upgrade", "user-agent"),
        *("upgrade-insecure-requests", "via", "x-forwarded-host", "x-forwarded-port"),
        *("x-forwarded-proto", "x-requested-with"),
    }
)
MAX_BLOCK = 2048  # bytes of a block worth remembering
MAX_BLOCKS = 256  # so the memo's keys hold at most 512 KiB

MAX_SEEN = 512  # blocks that came once

_seen: set[int] = set()  # their hashes
_blocks: dict[str, tuple[int, Headers, Framing]] = {}


class RequestHead:
    """Request line and fields of one request.

    When ``has_body`` is False, this is the whole request.
    """

    __slots__ = ("framing", "headers", "method", "target")

    method: str
    target: str
    headers: Headers
    framing: Framing
    """What the fields say about body and connection; the attributes below read it, one by one."""

    @property
    def version(self) -> str:
        """The version of HTTP, "1.1" or "1.0"."""
        return self.framing.version

    @property
    def keep_alive(self) -> bool:
        """Whether the connection may be used for another request."""
        return self.framing.keep_alive

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return self.framing.has_body

    @property
    def upgrade(self) -> str | None:
        """The protocol that the client would rather speak."""
        return self.framing.upgrade

    @property
    def content_length(self) -> int | None:
        """How many bytes the body has, when the client says so."""
        return self.framing.content_length

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return self.framing.chunked

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for "100 Continue" before it sends the body."""
        return self.framing.expects_continue

    def __repr__(self) -> str:
        return f"<RequestHead {self.method} {self.target[:80]!r} HTTP/{self.version}>"


def parse_head(data: bytes, end: int, limits: Limits) -> RequestHead:
    """Parse a head that is there as a whole.

    Args:
        data: Bytes that start with the head.
        end: Where the CRLF CRLF behind the last field stands.
        limits: What the client may send.
    """
    whole = end + END_SIZE
    # Each byte becomes one character, the one of its number, and is looked at as that.
    text = (data if len(data) == whole else data[:whole]).decode("latin-1")
    line = REQUEST_LINE.match(text)
    if line is None:
        raise _request_line_error(data, limits)
    method, target = line.groups()
    if target[0] != "/" or method not in METHODS:
        check_target(method, target)
    block = text[line.end() : end]  # with the digit of the version, which decides as well
    small = end <= limits.field_line  # so each of its fields is
    known = _blocks.get(block) if small else None
    if known is not None:
        number, shared, framing = known
        headers = shared.share()
    elif small and len(parts := VARYING.split(block)) > 1:
        number, headers, framing = _read_around(block, parts, limits)
    else:
        number, headers, framing = _read_block(block, limits)
    if number > limits.fields:
        raise too_many_fields(number, limits)
    head = new(RequestHead)  # a quarter of the time that calling the class takes
    head.method = method
    head.target = target
    head.headers = headers
    head.framing = framing
    return head


def _read_around(block: str, parts: list[str], limits: Limits) -> tuple[int, Headers, Framing]:
    """Read a block with fields that vary.

    Args:
        block: All of it.
        parts: The text before the first such field, its name, its value, the text behind it, the
            name of the next one, and so on.
        limits: What the client may send.
    """
    rest = "".join(parts[::3])
    known = _blocks.get(rest)
    if known is None:
        if (total := block.count("\n")) > limits.fields:
            raise too_many_fields(total, limits)
        known = _read_block(rest, limits)
    number, headers, framing = known
    place = number
    lines: list[tuple[int, str, str]] = []
    for at in range(len(parts) - 3, 0, -3):  # backwards: places in front of one stay as they are
        if behind := parts[at + 2]:
            place -= behind.count("\n")
        lines.append((place, parts[at], parts[at + 1]))
    return number + len(lines), headers.insert_all_trusted(lines), framing


def _read_block(block: str, limits: Limits) -> tuple[int, Headers, Framing]:
    """Return number of fields, fields and framing of a block, and remember them if possible."""
    fields = parse_fields(block, limits)
    number, headers = len(fields), Headers.from_trusted(fields)
    framing = read_framing("1.1" if block[0] == "1" else "1.0", headers)
    if len(block) <= MAX_BLOCK and REPEATED.issuperset(headers.lowered()):
        mark = hash(block)
        if mark in _seen:
            if len(_blocks) >= MAX_BLOCKS:
                _blocks.clear()
            _blocks[block] = number, headers.copy(), framing
        else:
            if len(_seen) >= MAX_SEEN:
                _seen.clear()
            _seen.add(mark)
    return number, headers, framing


def check_request_line(start: bytes, limits: Limits) -> bool:
    """Tell whether the request line has arrived.

    Raises:
        ParseError: A request that starts with these bytes can never become a good one.
    """
    complete = b"\n" in start or len(start) >= limits.request_line + 2
    hopeful = not complete and FIRST_BYTE.match(start) is not None
    if not hopeful and REQUEST_LINE.match(start.decode("latin-1")) is None:
        raise _request_line_error(start, limits)
    return complete


def _request_line_error(start: bytes, limits: Limits) -> ParseError:
    """Return what is wrong with a line that is no request line."""
    if FIRST_BYTE.match(start) is None:
        return ParseError(f"request must begin with a method, got {shorten(start)}")
    line, newline, _ = start[: limits.request_line + 2].partition(b"\n")
    if not newline:
        return ParseError(
            f"request line must not be longer than {limits.request_line} bytes", status=414
        )
    if not line.endswith(b"\r"):
        return ParseError(f"line break must be CRLF, got {shorten(line + newline)}")
    line = line[:-1]
    version = ANY_VERSION.fullmatch(line)
    if version is not None and version[1] not in {b"1.0", b"1.1"}:
        return ParseError(
            f"version must be HTTP/1.1 or HTTP/1.0, got HTTP/{version[1].decode()}", status=505
        )
    if not line.isascii():
        return ParseError(f"target must be percent-encoded ASCII, got {shorten(line)}")
    return ParseError(f'request line must be "METHOD target HTTP/1.1", got {shorten(line)}')
