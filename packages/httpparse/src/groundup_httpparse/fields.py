r"""The grammar inside field values: RFC 9110, sections 5.6.6 and 12.4.2.

    text/html; charset="utf-8"          a value with parameters
    gzip;q=0.5, br, identity;q=0        a list with qualities

Readers here never raise: a value that makes no sense names no parameter.  Each pattern is
possessive (``*+``) and takes an unterminated quote to its end, so hostile values cost linear time.
"""

import re

from groundup_httpparse.grammar import TOKEN_CHARACTERS
from groundup_httpparse.percent import percent_decode

__all__ = ["parse_parameters", "parse_qualities"]

QUOTED = r'"(?:[^"\\]|\\.?)*+"?'  # a quote that never closes reaches to the end
# A value without quotes should be a token, but boundaries with "/" or ":" in them do exist.
PARAMETER = re.compile(
    rf'[ \t]*+([{TOKEN_CHARACTERS}]++)[ \t]*+=[ \t]*+(?:({QUOTED})|([^;"]++))', re.DOTALL
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
EXTENDED = re.compile(r"([A-Za-z0-9-]++)'[A-Za-z0-9-]*+'(.*+)", re.DOTALL)
CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "latin-1"}  # the two that RFC 8187 has ever named

ITEM = re.compile(rf'(?:[^",]++|{QUOTED})++', re.DOTALL)
PART = re.compile(rf'(?:[^";]++|{QUOTED})++', re.DOTALL)
QUALITY = re.compile(r"[ \t]*+[qQ][ \t]*+=[ \t]*+([0-9]{1,3}(?:\.[0-9]*)?|\.[0-9]+)[ \t]*+")
QUALITY_NAME = re.compile(r"[ \t]*+[qQ][ \t]*+=")


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    r"""Split a value from its parameters; names become lower case, and the first of equals wins.

    >>> parse_parameters('text/html; Charset="utf-8"')
    ('text/html', {'charset': 'utf-8'})

    A name with a star holds decoded text (RFC 8187), and keeps its star:

    >>> parse_parameters("attachment; filename=e.txt; filename*=UTF-8''%C3%A9.txt")
    ('attachment', {'filename': 'e.txt', 'filename*': 'é.txt'})
    """
    first, separator, rest = value.partition(";")
    parameters: dict[str, str] = {}
    if separator:
        for part in PART.findall(rest):
            match = PARAMETER.match(part)
            if match is None:
                continue
            name, quoted, plain = match.groups()
            found: str | None = _unquote(quoted) if quoted else plain.rstrip(" \t")
            if found is not None and name.endswith("*"):
                found = _decode_extended(found)
            if found is not None:
                parameters.setdefault(name.lower(), found)
    return first.strip(" \t"), parameters


def parse_qualities(value: str) -> list[tuple[str, float]]:
    """Return the items of a list with their qualities, in the order written.

    >>> parse_qualities("gzip;q=0.5, br")
    [('gzip', 0.5), ('br', 1.0)]

    Other parameters stay in the text, and so does its case; a quality above 1 counts as 1, and an
    item whose quality is no number is left out:

    >>> parse_qualities("text/html;level=1;q=0.7, text/plain;q=best")
    [('text/html;level=1', 0.7)]
    """
    found: list[tuple[str, float]] = []
    items: list[str] = ITEM.findall(value) if '"' in value else value.split(",")
    for item in items:
        text, quality = _split_quality(item) if ";" in item else (item.strip(" \t"), 1.0)
        if text and quality is not None:
            found.append((text, quality))
    return found


def _split_quality(item: str) -> tuple[str, float | None]:
    """Return an item without its quality, and the quality; None when it is no number."""
    text: list[str] = []
    quality = 1.0
    for part in PART.findall(item):
        if QUALITY_NAME.match(part) is None:
            text.append(part)
        elif (match := QUALITY.fullmatch(part)) is not None:
            quality = min(float(match[1]), 1.0)
        else:
            return "", None
    return ";".join(text).strip(" \t"), quality


def _unquote(quoted: str) -> str | None:
    """Return the text of a quoted-string, or None when its end is missing."""
    text = quoted[1:-1]
    if len(quoted) == 1 or quoted[-1] != '"' or _ends_escaped(text):
        return None
    return ESCAPED.sub(r"\1", text) if "\\" in text else text


def _ends_escaped(text: str) -> bool:
    """Tell whether a backslash takes away the meaning of what follows."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _decode_extended(value: str) -> str | None:
    """Decode ``charset'language'text``: RFC 8187, section 3.2."""
    match = EXTENDED.fullmatch(value)
    charset = None if match is None else CHARSETS.get(match[1].lower())
    if match is None or charset is None:
        return None
    try:
        return percent_decode(match[2]).decode(charset)
    except UnicodeDecodeError:
        return None
