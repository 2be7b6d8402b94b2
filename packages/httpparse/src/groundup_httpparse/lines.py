r"""Read one field line: RFC 9112, section 5.

    Content-Type: text/html   \r\n
    \__________/\_________/\_/
        name       value   spaces around the value are none of it

No space may stand before the colon, and no line may continue the line before it ("obs-fold"):
programs have read both in more than one way, and a request that a proxy reads differently from us
is how another request is smuggled past it.

A client on a kept connection repeats most of its lines in every request, so lines are remembered.
What is remembered can be told by its time, so only fields that hold no secret are: cookies,
credentials and tokens never, and neither are names that this page does not know.  A memo that is
full is emptied.  Each step on it is atomic, so threads may share it.
"""

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import TOKEN, VALUE_BYTES, shorten

__all__ = ["FieldLines", "parse_field", "split_lines"]

BLOCK_BYTES = VALUE_BYTES + b"\r\n"

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
MAX_LINE = 256  # characters of a line worth remembering
MAX_LINES = 2048  # so the memo's keys hold at most 512 KiB
MAX_NAME = 64
MAX_NAMES = 1024

_names: dict[str, bool] = {}  # valid names -> whether their lines may be remembered


def parse_field(line: bytes) -> tuple[str, str]:
    """Return name and value of a line, which comes without its CRLF.

    >>> parse_field(b"Host: example.com ")
    ('Host', 'example.com')

    Raises:
        ParseError: It is no field.
    """
    (text,) = split_lines(line, 1)
    return _split_field(text)[0]


def split_lines(block: bytes, number: int) -> list[str]:
    """Split lines at CRLF, and refuse them all when one has a control character inside.

    One look at the whole block costs less than one at each line.

    Args:
        block: The lines, without the last CRLF.
        number: How many they are.
    """
    breaks = number - 1
    lines = block.decode("latin-1").split("\r\n")
    if (
        block.translate(None, BLOCK_BYTES)
        or block.count(b"\r") != breaks
        or block.count(b"\n") != breaks
    ):
        bad = next(line for line in lines if line.encode("latin-1").translate(None, VALUE_BYTES))
        if "\n" in bad or "\r" in bad:
            raise ParseError(f"line break must be CRLF, got {shorten(bad)}")
        name = bad.partition(":")[0]
        raise ParseError(f"field must be without control characters, got one in {shorten(name)}")
    return lines


class FieldLines(dict[str, tuple[str, str]]):
    """A memo that parses the lines that it does not know, and remembers some of them.

    >>> lines = FieldLines()
    >>> lines["Host: a"], lines["Cookie: a=1"]
    (('Host', 'a'), ('Cookie', 'a=1'))
    >>> list(lines)
    ['Host: a']
    """

    __slots__ = ()

    def __missing__(self, line: str) -> tuple[str, str]:
        field, repeated = _split_field(line)
        if repeated and len(line) <= MAX_LINE:
            if len(self) >= MAX_LINES:
                self.clear()
            self[line] = field
        return field


def _split_field(line: str) -> tuple[tuple[str, str], bool]:
    """Return name and value, and whether the line may be remembered."""
    name, colon, value = line.partition(":")
    repeated = _names.get(name)
    if repeated is None or not colon:
        if not colon or not TOKEN.fullmatch(name):
            raise _field_error(line, name, colon)
        repeated = name.lower() in REPEATED
        if len(name) <= MAX_NAME:
            if len(_names) >= MAX_NAMES:
                _names.clear()
            _names[name] = repeated
    return (name, value.strip(" \t")), repeated


def _field_error(line: str, name: str, colon: str) -> ParseError:
    """Return what is wrong with a line that is no field."""
    if line.startswith((" ", "\t")):
        return ParseError(f"field must not be folded over two lines, got {shorten(line)}")
    if not colon:
        return ParseError(f"field must be a name, a colon and a value, got {shorten(line)}")
    if name.endswith((" ", "\t")):
        return ParseError(f"colon must follow the field name at once, got {shorten(line)}")
    return ParseError(f"field name must be a token, got {shorten(name)}")
