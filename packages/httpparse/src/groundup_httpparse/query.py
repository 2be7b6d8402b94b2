"""The fields of a query: ``application/x-www-form-urlencoded`` of the WHATWG URL Standard.

    name=Alice+B&tag=caf%C3%A9&draft    name  -> "Alice B"
                                        tag   -> "café"
                                        draft -> ""

Whatever the client sends is decoded to something, as in browsers: bytes that are no UTF-8 become
U+FFFD.  Only the number of fields has a limit, because each becomes an object.
"""

from groundup_httpparse.errors import ParseError
from groundup_httpparse.multidict import MultiDict, Pairs, read_pairs
from groundup_httpparse.percent import percent_decode, percent_encode

__all__ = ["format_query", "parse_query"]


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
    parts = [part for part in text.split("&") if part]
    if len(parts) > max_fields:
        raise ParseError(
            f"query must not have more than {max_fields} fields, got {len(parts)}", status=413
        )
    if "%" not in text and "+" not in text:
        return MultiDict([_split(part) for part in parts])
    return MultiDict(
        [
            (_decode(name), _decode(value))
            for name, _, value in [part.partition("=") for part in parts]
        ]
    )


def format_query(pairs: Pairs) -> str:
    """Encode fields as a query.

    >>> format_query({"name": "Alice & B", "tag": "café"})
    'name=Alice+%26+B&tag=caf%C3%A9'
    """
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in read_pairs(pairs))


ASCII = "".join(map(chr, range(128)))


def _split(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def _decode(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" in text:
        return percent_decode(text).decode("utf-8", "replace")
    return text


def _encode(text: str) -> str:
    # The standard of forms escapes "~" and keeps "*"; a space is a plus.
    return percent_encode(text, safe=" *").replace("~", "%7E").replace(" ", "+")
