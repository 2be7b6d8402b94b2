r"""Read field lines: RFC 9112, section 5.

    \r\n   Content-Type: text/html   \r\n
           \__________/\_________/\_/
               name       value   spaces around the value are none of it

No space may stand before the colon, and no line may continue the line before it ("obs-fold"):
programs have read both in more than one way, and a request that a proxy reads differently from us
is how another request is smuggled past it.

One expression reads all lines that are as they should be, which costs a third of reading them one
by one.  When it finds fewer fields than there are line breaks, some line is unusual or wrong, and
the lines are read one by one to say which.
"""

import re

from groundup_httpparse.errors import ParseError
from groundup_httpparse.grammar import FIELD_VALUE, TOKEN, TOKEN_CHARACTERS, shorten
from groundup_httpparse.limits import Limits

__all__ = ["parse_field", "parse_fields", "too_many_fields"]

# A match begins with the break before its line and ends at the break after it, so as many matches
# as breaks leave no byte between them.  Spaces behind a value are rare and left to parse_field.
FIELD = re.compile(
    rf"\r\n([{TOKEN_CHARACTERS}]++):[ \t]*+([\t\x20-\x7e\x80-\xff]*+)(?<![ \t])(?=\r\n|\Z)"
)


def parse_fields(block: str, limits: Limits) -> list[tuple[str, str]]:
    r"""Return the fields of a block of lines, each with the CRLF before it.

    A character of the block is a byte (ISO-8859-1).  What stands before the first CRLF is not
    looked at.

    >>> parse_fields("\r\nHost: example.com\r\nAccept:", Limits())
    [('Host', 'example.com'), ('Accept', '')]

    Raises:
        ParseError: A line is no field, or too long, or there are too many.
    """
    number = block.count("\n")
    if number > limits.fields:
        raise too_many_fields(number, limits)
    if len(block) > limits.field_line and max(map(len, block.split("\r\n"))) > limits.field_line:
        raise ParseError(f"field must not be longer than {limits.field_line} bytes", status=431)
    fields: list[tuple[str, str]] = FIELD.findall(block)
    if len(fields) != number:
        return [_parse_line(line) for line in block.split("\r\n")[1:]]
    return fields


def too_many_fields(number: int, limits: Limits) -> ParseError:
    """Return the error of a message with too many fields."""
    return ParseError(f"fields must be at most {limits.fields}, got {number}", status=431)


def parse_field(line: bytes) -> tuple[str, str]:
    """Return name and value of a line, which comes without its CRLF.

    >>> parse_field(b"Host: example.com ")
    ('Host', 'example.com')

    Raises:
        ParseError: It is no field.
    """
    return _parse_line(line.decode("latin-1"))


def _parse_line(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or TOKEN.fullmatch(name) is None or FIELD_VALUE.fullmatch(value) is None:
        raise _field_error(line, name, colon)
    return name, value.strip(" \t")


def _field_error(line: str, name: str, colon: str) -> ParseError:
    """Return what is wrong with a line that is no field."""
    if "\n" in line or "\r" in line:
        return ParseError(f"line break must be CRLF, got {shorten(line)}")
    if FIELD_VALUE.fullmatch(line) is None:
        return ParseError(f"field must be without control characters, got one in {shorten(name)}")
    if line.startswith((" ", "\t")):
        return ParseError(f"field must not be folded over two lines, got {shorten(line)}")
    if not colon:
        return ParseError(f"field must be a name, a colon and a value, got {shorten(line)}")
    if name.endswith((" ", "\t")):
        return ParseError(f"colon must follow the field name at once, got {shorten(line)}")
    return ParseError(f"field name must be a token, got {shorten(name)}")
