"""The fields of a query: ``application/x-www-form-urlencoded`` of the WHATWG URL Standard.

    name=Alice+B&tag=caf%C3%A9&draft    name  -> "Alice B"
                                        tag   -> "café"
                                        draft -> ""

Whatever the client sends is decoded to something, as in browsers: bytes that are no UTF-8 become
U+FFFD.  Only the number of fields has a limit, because each becomes an object.

All escapes are replaced in one pass, before the fields are told apart: each by the character of its
byte, but an escaped "&" or "=" by a mark that separates nothing.  What is not ASCII afterwards was
escaped, and is decoded for each field.
"""

from groundup_httpparse.errors import ParseError
from groundup_httpparse.multidict import MultiDict, Pairs, read_pairs
from groundup_httpparse.percent import ESCAPES, percent_encode

__all__ = ["format_query", "parse_query"]

ASCII = "".join(map(chr, range(128)))

# Characters that neither ASCII nor a byte can be: an "&" and a "=" that were escaped.
AND, EQUALS = "\u0126", "\u013d"
CHARACTERS = {
    **{digits.decode(): byte.decode("latin-1") for digits, byte in ESCAPES.items()},
    "26": AND,
    "3D": EQUALS,
    "3d": EQUALS,
}


def parse_query(query: str | bytes, *, max_fields: int = 1000) -> MultiDict[str]:
    """Decode the fields of a query, without its question mark.

    >>> parse_query("tag=web&tag=caf%C3%A9&name=Alice+B&draft").multi_items()
    [('tag', 'web'), ('tag', 'café'), ('name', 'Alice B'), ('draft', '')]

    Raises:
        ParseError: There are more than ``max_fields`` (status 413).
    """
    text = query if isinstance(query, str) else query.decode("latin-1")
    if not text.isascii():  # then the bytes of UTF-8 are meant, as if each were escaped
        text = percent_encode(query, safe=ASCII)
    if "+" in text:
        text = text.replace("+", " ")
    if "%" in text:
        text = _replace_escapes(text)
    pairs = [
        (name, value)
        for part in text.split("&")
        if part
        for name, _, value in [part.partition("=")]
    ]
    if len(pairs) > max_fields:
        raise ParseError(
            f"query must not have more than {max_fields} fields, got {len(pairs)}", status=413
        )
    if not text.isascii():
        # Most names and values are ASCII even then, and asking here saves a call.
        pairs = [
            (
                name if name.isascii() else _decode(name),
                value if value.isascii() else _decode(value),
            )
            for name, value in pairs
        ]
    return MultiDict(pairs)


def format_query(pairs: Pairs) -> str:
    """Encode fields as a query.

    >>> format_query({"name": "Alice & B", "tag": "café"})
    'name=Alice+%26+B&tag=caf%C3%A9'
    """
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in read_pairs(pairs))


def _replace_escapes(text: str) -> str:
    r"""Replace all escapes by their characters, and those of separators by their marks.

    ``%C3`` is written as ``\xC3``, an escape of Python's own strings, and those are decoded in C.
    It refuses one that is none, such as ``100%``; then we look at each.
    """
    written = text.replace("\\", r"\\")
    written = written.replace("%26", r"\u0126").replace("%3D", r"\u013d").replace("%3d", r"\u013d")
    try:
        return written.replace("%", r"\x").encode("ascii").decode("unicode_escape")
    except UnicodeDecodeError:
        first, *rest = text.split("%")
        known = CHARACTERS
        return first + "".join(
            [known[piece[:2]] + piece[2:] if piece[:2] in known else "%" + piece for piece in rest]
        )


def _decode(text: str) -> str:
    """Return the text whose bytes, and marks, are the characters of this one."""
    text = text.replace(AND, "&").replace(EQUALS, "=")
    return text.encode("latin-1").decode("utf-8", "replace")


def _encode(text: str) -> str:
    # The standard of forms escapes "~" and keeps "*"; a space is a plus.
    return percent_encode(text, safe=" *").replace("~", "%7E").replace(" ", "+")
