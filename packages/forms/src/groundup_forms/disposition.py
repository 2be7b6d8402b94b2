r"""Read the head of one part: RFC 7578, section 4, and what browsers really send (WHATWG HTML).

    Content-Disposition: form-data; name="avatar"; filename="say %22hi%22.png"\r\n
    Content-Type: image/png\r\n

The RFC inherits the quoting of e-mail, where a backslash escapes.  Browsers never followed it: they
send UTF-8, write ``%22 %0D %0A`` for the three characters that would break the line, and once sent
``C:\Users\me\pic.png`` as it stands.  curl escapes by backslash or by percent, as it is told.  So
here a backslash escapes only a quote or a backslash, and a percent sign only those three.

Whatever two readers could read in two ways is refused: a parameter or a field twice, a folded line,
a line break without its CR, a transfer encoding.
"""

import re
from urllib.parse import unquote_to_bytes

from groundup_forms.charsets import decode, require_charset
from groundup_forms.errors import FormError
from groundup_forms.filenames import last_component
from groundup_httpparse import Headers, parse_parameters

__all__ = ["PLAIN", "PartStart", "read_part_start"]

# What every browser sends for a plain field, read at one go: it is most parts of most forms.
PLAIN = re.compile(
    rb'\r\nContent-Disposition: form-data; name="([^"\\%\x00-\x1f\x7f-\xff]*+)"\r\n\r\n'
)

FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]++):[ \t]*+([^\x00-\x08\x0a-\x1f\x7f]*+)")
NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
QUOTED = r'"(?:[^"\\]|\\.)*+"'
# Where the last backslash cannot escape the quote, because nothing would end the value.
LITERAL = r'"[^"]*+"(?=[ \t]*+(?:;|\Z))'
PARAMETER = re.compile(
    rf"""[ \t]*+;[ \t]*+(?:({NAME})[ \t]*+=[ \t]*+({QUOTED}|{LITERAL}|[^;"\s]*+))?+"""
)
EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'(.*)", re.IGNORECASE | re.DOTALL)
ESCAPES = re.compile(r'\\(["\\])|%(22|0[AaDd])')
HARMLESS = frozenset({"", "7bit", "8bit", "binary"})


class PartStart:
    """The head of a part: a field when ``filename`` is None, else a file.

    Immutable by convention; may be shared.

    Attributes:
        name: Of the field, as the page has it.
        filename: The last component of what was sent, without control characters; "" is what a
            browser sends when nothing was chosen.
        content_type: The media type in lower case, or None when none was sent.
        charset: The codec that the part names for itself, or None.
        size: Bytes of the longer one of the names, as sent.
    """

    __slots__ = ("_head", "charset", "content_type", "filename", "name", "size")

    def __init__(
        self,
        name: str,
        filename: str | None = None,
        content_type: str | None = None,
        charset: str | None = None,
        size: int = 0,
        head: bytes = b"",
    ) -> None:
        self.name = name
        self.filename = filename
        self.content_type = content_type
        self.charset = charset
        self.size = size
        self._head = head

    def __repr__(self) -> str:
        file = "" if self.filename is None else f" filename={self.filename!r}"
        return f"<PartStart {self.name!r}{file}>"

    @property
    def headers(self) -> Headers:
        """All fields of the head; made when asked for, because few ask."""
        if not self._head:
            return Headers.from_trusted([("Content-Disposition", f'form-data; name="{self.name}"')])
        return Headers.from_trusted(
            [(name, decode(value)) for name, value in _read_fields(self._head)]
        )


def read_part_start(head: bytes, max_headers: int) -> PartStart:
    r"""Read the lines between a delimiter and the content, without the empty one.

    >>> part = read_part_start(b'Content-Disposition: form-data; name="a"; filename="b.png"', 16)
    >>> part.name, part.filename, part.content_type
    ('a', 'b.png', None)

    Raises:
        FormError: The head is malformed, or not a form's.
    """
    fields: dict[str, bytes] = {}
    for count, (name, value) in enumerate(_read_fields(head)):
        if count == max_headers:
            message = f"part of a form must not have more than {max_headers} header fields"
            raise FormError(f"{message} (max_headers)", status=413)
        if fields.setdefault(name.lower(), value) is not value:
            raise FormError(f"part of a form must have one {name[:40]}, got two")
    _refuse_encoding(fields.get("content-transfer-encoding", b""))
    return _read_disposition(fields, head)


def _read_fields(head: bytes) -> list[tuple[str, bytes]]:
    fields: list[tuple[str, bytes]] = []
    for line in head.split(b"\r\n") if head else ():
        match = FIELD.fullmatch(line)
        if match is None:
            raise FormError(
                f"header of a part must be 'name: value' on one line, got {line[:40]!r}"
            )
        fields.append((match[1].decode("ascii"), match[2].rstrip(b" \t")))
    return fields


def _read_disposition(fields: dict[str, bytes], head: bytes) -> PartStart:
    raw = fields.get("content-disposition")
    if raw is None:
        raise FormError("part of a form must have a Content-Disposition, got none")
    kind, parameters = _read_parameters(decode(raw))
    name = parameters.get("name")
    if kind != "form-data" or name is None:
        raise FormError(f"part of a form must be 'form-data' with a name, got {raw[:60]!r}")
    filename = parameters.get("filename")
    extended = EXTENDED.fullmatch(parameters.get("filename*", ""))
    if extended is not None:
        filename = unquote_to_bytes(extended[2]).decode(extended[1], "replace")
    content_type = charset = None
    if "content-type" in fields:
        content_type, options = parse_parameters(fields["content-type"].decode("latin-1"))
        content_type = content_type.lower() or None
        charset = require_charset(options["charset"]) if "charset" in options else None
    size = max(len(name.encode("utf-8", "replace")), len((filename or "").encode()))
    if filename is not None:
        filename = last_component(filename)
    return PartStart(name, filename, content_type, charset, size, head)


def _read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the kind of a disposition and its parameters."""
    kind, _, _ = value.partition(";")
    at = len(kind)
    parameters: dict[str, str] = {}
    while at < len(value):
        match = PARAMETER.match(value, at)
        if match is None:
            raise FormError(f'parameter must be name="value", got {value[at : at + 40]!r}')
        at = match.end()
        if match[1] is None:  # a semicolon with nothing after it
            continue
        name = match[1].lower()
        if name in parameters:
            raise FormError(f"part of a form must have one {name[:40]}, got {value[:60]!r}")
        parameters[name] = _unquote(match[2])
    return kind.strip(" \t").lower(), parameters


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    value = value[1:-1]
    if "\\" not in value and "%" not in value:
        return value
    return ESCAPES.sub(lambda match: match[1] or chr(int(match[2], 16)), value)


def _refuse_encoding(encoding: bytes) -> None:
    """Refuse base64 and the like: RFC 7578, section 4.7 deprecates it, and no browser sends it."""
    name = encoding.decode("latin-1").strip().lower()
    if name not in HARMLESS:
        raise FormError(
            f"part of a form must be sent as it is, got transfer encoding {name[:40]!r}", status=415
        )
