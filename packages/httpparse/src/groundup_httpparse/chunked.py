r"""Decode a chunked message body: RFC 9112, section 7.1.

A sender that does not know the length of its body in advance sends it in chunks.  Each chunk
starts with its own size in hexadecimal, and a chunk of size zero says that no more will come:

    4\r\n           size line, perhaps with a ;extension
    Wiki\r\n        that many bytes, then a line break
    0\r\n           the last chunk
    Expires: 0\r\n  trailer fields, usually none
    \r\n            an empty line ends the body

The decoder is a state machine.  The network may split the bytes anywhere, so each state either
finds all that it needs and names the next state, or takes nothing and waits:

             size > 0            all bytes
    SIZE ---------------> DATA ------------> BREAK
     | ^                                       |
     | +---------------- line break -----------+
     |
     |  size = 0               empty line
     +---------------> TRAILER ----------> DONE

Content is never kept: a piece of a chunk is given on as soon as it is there.  Only a line of which
the end is missing waits, and its length has a limit.
"""

import re
from enum import Enum, auto

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import TOKEN_CHARACTERS, shorten
from groundup_httpparse.headers import Headers
from groundup_httpparse.limits import DEFAULT_LIMITS, Limits
from groundup_httpparse.lines import parse_field

__all__ = ["ChunkedDecoder"]

CRLF = b"\r\n"
MAX_DIGITS = 16  # of a size

# chunk-size [ chunk-ext ] CRLF.  Not int(line, 16): that also takes "0x4", "+4" and "4_0", and a
# proxy in front of us that reads those differently sees another request than we do.
_TOKEN = f"[{TOKEN_CHARACTERS}]++"
_QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*+"'
_EXTENSION = rf"[ \t]*+;[ \t]*+{_TOKEN}(?:[ \t]*+=[ \t]*+(?:{_TOKEN}|{_QUOTED}))?+"
SIZE_LINE = re.compile(
    rf"([0-9A-Fa-f]{{1,{MAX_DIGITS}}}+)(?:\r\n|((?:{_EXTENSION})++)\r\n)".encode("latin-1")
)

NO_LIMIT = 1 << 100  # bytes: more than a client can announce in a lifetime
EXTENDED = 2  # the group of the extensions

# Senders cut their content into pieces of few sizes, so the digits of sizes are remembered, and
# forgotten all together when they are many.  Each step is atomic, so threads may share them.
_sizes: dict[bytes, int] = {}
MAX_SIZES = 256

# They decide where a message ends, where it goes, who sends it and how its content is read, and
# all of that was decided when the head came: RFC 9110, section 6.5.1.
FORBIDDEN_TRAILERS = frozenset(
    {
        *("authorization", "cache-control", "connection", "content-encoding", "content-length"),
        *("content-range", "content-type", "cookie", "expect", "host", "keep-alive"),
        *("max-forwards", "proxy-authorization", "proxy-connection", "range", "set-cookie"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    }
)
MAX_EXCESS = 16384  # bytes by which extensions may outweigh the content


class State(Enum):
    """What the decoder expects next."""

    SIZE = auto()
    DATA = auto()
    BREAK = auto()
    TRAILER = auto()
    DONE = auto()


class ChunkedDecoder:
    r"""Turn the bytes of one chunked body into the bytes of its content.

    >>> decoder = ChunkedDecoder()
    >>> decoder.feed(b"4\r\nWi")
    b'Wi'
    >>> decoder.feed(b"ki\r\n0\r\nDigest: abc\r\n\r\nGET /next")
    b'ki'
    >>> decoder.done, decoder.unread, decoder.trailers["digest"]
    (True, b'GET /next', 'abc')

    It belongs to one connection, and is used by one task or thread at a time.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._state = State.SIZE
        self._data = b""  # what is being decoded; between calls, the start of a line
        self._at = 0  # how much of it has been taken
        self._pieces: list[bytes] = []
        self._missing = 0  # bytes of the current chunk that have not arrived
        self._room = NO_LIMIT if limits.body is None else limits.body  # bytes that may yet come
        self._excess = 0
        self._trailers: list[tuple[str, str]] = []
        self._trailer_bytes = 0

    @property
    def done(self) -> bool:
        """Whether the whole body has arrived."""
        return self._state is State.DONE

    @property
    def unread(self) -> bytes:
        """Bytes that came after the body: the start of the connection's next request."""
        return self._data if self.done else b""

    @property
    def trailers(self) -> Headers:
        """The fields that came after the content."""
        return Headers.from_trusted(self._trailers)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes from the wire and return the content found in them.

        Raises:
            ParseError: The bytes are not a chunked body, or pass a limit.  Close the connection:
                nobody knows where its next request starts.
        """
        self._data = self._data + data if self._data else data
        while (following := self._step()) is not None:
            self._state = following
        self._data, self._at = self._data[self._at :], 0
        pieces, self._pieces = self._pieces, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _step(self) -> State | None:
        """Return the state that follows the current one, or None to wait for more bytes."""
        match self._state:
            case State.SIZE:
                return self._read_size()
            case State.DATA:
                return self._read_data()
            case State.BREAK:
                return self._read_break()
            case State.TRAILER:
                return self._read_trailer()
            case State.DONE:  # the last one
                return None

    def _read_size(self) -> State | None:
        """Read a size line; whole chunks are taken in this one loop, for they are the rule."""
        data, at, room, pieces = self._data, self._at, self._room, self._pieces
        while True:
            end = data.find(CRLF, at, at + MAX_DIGITS + 2)
            size, start = None if end < 0 else _sizes.get(data[at:end]), end + 2
            if size is None:
                if (line := SIZE_LINE.match(data, at)) is None:
                    break
                size, start = self._parse_size(line), line.end()
            room -= size
            if room < 0:
                limit = self._limits.body
                raise ParseError(f"body must not be larger than {limit} bytes", status=413)
            if not size:
                self._at = start
                return State.TRAILER
            end = start + size
            if data[end : end + 2] != CRLF:
                self._at, self._room, self._missing = start, room, size
                return State.DATA
            pieces.append(data[start:end])
            at = end + 2
        self._at, self._room = at, room
        self._refuse_line(self._limits.chunk_line, "chunk size must be hexadecimal digits")
        return None

    def _parse_size(self, line: re.Match[bytes]) -> int:
        """Return the size that a line says, and remember it when the line says nothing else."""
        digits = line[1]
        size = int(digits, 16)
        if line.lastindex == EXTENDED:
            self._check_extension(line, size)
        else:
            if len(_sizes) >= MAX_SIZES:
                _sizes.clear()
            _sizes[digits] = size
        return size

    def _check_extension(self, match: re.Match[bytes], size: int) -> None:
        """Refuse extensions that are mere weight: nobody here reads them."""
        if match.end() - match.start() - len(CRLF) > self._limits.chunk_line:
            raise ParseError(f"chunk line must not be longer than {self._limits.chunk_line}")
        self._excess = max(0, self._excess + len(match[2]) - 2 * size)
        if self._excess > MAX_EXCESS:
            raise ParseError("chunk extensions must not outweigh the content")

    def _read_data(self) -> State | None:
        data, at = self._data, self._at
        end = at + self._missing
        piece = data if not at and end >= len(data) else data[at:end]
        if piece:
            self._pieces.append(piece)
        self._at = at + len(piece)
        self._missing -= len(piece)
        return None if self._missing else State.BREAK

    def _read_break(self) -> State | None:
        found = self._data[self._at : self._at + len(CRLF)]
        if not CRLF.startswith(found):
            raise ParseError(f"chunk data must end with CRLF, got {found!r}")
        if len(found) < len(CRLF):
            return None
        self._at += len(CRLF)
        return State.SIZE

    def _read_trailer(self) -> State | None:
        """Keep one field, or see the empty line that ends the body."""
        limits, start = self._limits, self._at
        end = self._data.find(CRLF, start)
        if end == start:
            self._at = end + len(CRLF)
            return State.DONE
        arrived = (len(self._data) if end < 0 else end) - start
        if self._trailer_bytes + arrived > limits.trailers + (end < 0):  # its CR may be here
            raise ParseError(
                f"trailers must not have more than {limits.trailers} bytes", status=431
            )
        if end < 0:
            return None
        if len(self._trailers) == limits.trailer_fields:
            raise ParseError(f"trailers must be at most {limits.trailer_fields}", status=431)
        name, value = parse_field(self._data[start:end])
        if name.lower() in FORBIDDEN_TRAILERS:
            raise ParseError(f"field must not come after the body, got {shorten(name)}")
        self._trailers.append((name, value))
        self._trailer_bytes += arrived
        self._at = end + len(CRLF)
        return State.TRAILER

    def _refuse_line(self, longest: int, rule: str) -> None:
        """Raise an error when the line that begins here can never become a good one."""
        data, start = self._data, self._at
        end = data.find(b"\n", start, start + longest + len(CRLF))
        if end >= 0:
            line = data[start : end + 1].removesuffix(CRLF)
            if line.endswith(b"\n"):
                rule = "line break must be CRLF"
            raise ParseError(f"{rule}, got {shorten(line)}")
        if len(data) - start > longest + 1:
            raise ParseError(f"chunk line must not be longer than {longest}")
