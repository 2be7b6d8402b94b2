"""The fields of a query: ``application/x-www-form-urlencoded`` of the WHATWG URL Standard.

    name=Alice+B&tag=caf%C3%A9&draft    name  -> "Alice B"
                                        tag   -> "café"
                                        draft -> ""

Whatever the client sends is decoded to something, as in browsers: bytes that are no UTF-8 become
U+FFFD.  Only the number of fields has a limit, because each becomes an object.

Mail has the same escapes with another sign, ``=C3`` for ``%C3``, and a decoder in C that comes with
Python.  So the percent signs of a whole query become equals signs, while the characters that tell
fields apart become two that no text has: one call then decodes everything.  What that cannot do (an
escape that is none, bytes that are no UTF-8) is decoded field by field.
"""

from binascii import a2b_qp

from groundup_httpparse.errors import ParseError
from groundup_httpparse.multidict import MultiDict, Pairs, read_pairs
from groundup_httpparse.percent import percent_decode, percent_encode

__all__ = ["format_query", "parse_query"]

# The separators of records and of units.
AND, EQUALS = "\x1e", "\x1f"
AS_IN_MAIL = bytes.maketrans(b"+%&=", b" =\x1e\x1f")


def parse_query(query: str | bytes, *, max_fields: int = 1000) -> MultiDict[str]:
    """Decode the fields of a query, without its question mark.

    >>> parse_query("tag=web&tag=caf%C3%A9&name=Alice+B&draft").multi_items()
    [('tag', 'web'), ('tag', 'café'), ('name', 'Alice B'), ('draft', '')]

    Raises:
        ParseError: There are more than ``max_fields`` (status 413).
    """
    if isinstance(query, bytes):
        pairs = _decode(query)
    elif "%" in query or not query.isascii():
        pairs = _decode(query.encode("utf-8", "surrogateescape"))
    else:
        pairs = _split(query.replace("+", " "), "&", "=")
    if len(pairs) > max_fields:
        raise ParseError(
            f"query must not have more than {max_fields} fields, got {len(pairs)}", status=413
        )
    return MultiDict(pairs)


def format_query(pairs: Pairs) -> str:
    """Encode fields as a query.

    >>> format_query({"name": "Alice & B", "tag": "café"})
    'name=Alice+%26+B&tag=caf%C3%A9'
    """
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in read_pairs(pairs))


def _decode(data: bytes) -> list[tuple[str, str]]:
    """Return all fields."""
    pairs = _decode_together(data)
    if pairs is not None:
        return pairs
    return [
        (_decode_alone(name), _decode_alone(value))
        for part in data.split(b"&")
        if part
        for name, _, value in [part.partition(b"=")]
    ]


def _decode_together(data: bytes) -> list[tuple[str, str]] | None:
    """Return all fields, or None when they have to be looked at one by one."""
    escapes = data.count(b"%")
    if not escapes:
        plain, ands, equals = data.replace(b"+", b" "), "&", "="
    elif b"\r" in data or b"\n" in data:  # which mean something behind an equals sign in a mail
        return None
    else:
        plain, ands, equals = a2b_qp(data.translate(AS_IN_MAIL)), AND, EQUALS
        if (
            len(plain) != len(data) - 2 * escapes  # one is none: it did not become shorter by two
            or plain.count(b"\x1e") != data.count(b"&")  # somebody has sent one
            or plain.count(b"\x1f") != data.count(b"=")
        ):
            return None
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        return None
    return _split(text, ands, equals)


def _split(text: str, ands: str, equals: str) -> list[tuple[str, str]]:
    return [
        (name, value.replace(equals, "=") if equals in value else value)
        for part in text.split(ands)
        if part
        for name, _, value in [part.partition(equals)]
    ]


def _decode_alone(data: bytes) -> str:
    return percent_decode(data.replace(b"+", b" ")).decode("utf-8", "replace")


def _encode(text: str) -> str:
    # The standard of forms escapes "~" and keeps "*"; a space is a plus.
    return percent_encode(text, safe=" *").replace("~", "%7E").replace(" ", "+")
