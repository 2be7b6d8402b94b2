r"""Find the boundary in a Content-Type: RFC 2046, section 5.1.1.

    Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk
                                                ------------------------------
                                                |
    two hyphens and the boundary open a part:  ------WebKitFormBoundary7MA4YWxk

A reader that takes another boundary than the reader in front of it sees another form.  So a second
one is refused, and so is every character that the RFC does not list.  One leniency is needed:
Java and others write ``boundary=----=_Part_1`` without the quotes that its "=" asks for.
"""

import re

from groundup_forms.errors import FormError

__all__ = ["check_boundary", "find_boundary"]

# A value is quoted, or goes on to the next semicolon.  Possessive, so that no input is tried twice.
PARAMETER = re.compile(r';[ \t]*([^=;"\s]++)=("(?:[^"\\]|\\.)*+"[ \t]*+|[^;"]*+)(?=;|\Z)')
BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


def find_boundary(content_type: str) -> bytes:
    """Return the boundary that a Content-Type names.

    >>> find_boundary('multipart/form-data; charset=utf-8; boundary="a b"')
    b'a b'

    Raises:
        FormError: There is none, more than one, or a malformed one.
    """
    _, semicolon, rest = content_type.partition(";")
    rest = (semicolon + rest).rstrip("; \t")
    found: list[str] = []
    at = 0
    while match := PARAMETER.match(rest, at):
        if match[1].lower() == "boundary":
            found.append(_unquote(match[2].strip(" \t")))
        at = match.end()
    if len(found) != 1 or at < len(rest):
        raise FormError(
            f"content type of a multipart form name one boundary, got {content_type[:80]!r}"
        )
    return check_boundary(found[0])


def check_boundary(boundary: bytes | str) -> bytes:
    """Return a boundary as bytes.

    Raises:
        FormError: It is no boundary: 1 to 70 characters of the RFC's list.
    """
    data = boundary.encode("utf-8", "surrogatepass") if isinstance(boundary, str) else boundary
    if not BOUNDARY.fullmatch(data):
        raise FormError(
            f"boundary must be 1 to 70 letters, digits or '()+_,-./:=? signs, got {data[:40]!r}"
        )
    return data


def _unquote(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
