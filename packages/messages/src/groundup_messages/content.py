"""What a response carries: JSON text and the media types of files.

JSON goes out compact and as UTF-8.  NaN and infinity are refused, because no JSON parser has to
read them.  Beside the types that JSON has, the ones with an obvious spelling are written: dates by
ISO 8601, UUIDs, mappings, dataclasses, and whatever has a ``to_json`` method.
"""

import json
import json.encoder
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

__all__ = ["encode_json", "guess_media_type", "make_encode"]

# The standard library's own table, without what this machine's files add: the same everywhere.
TYPES = mimetypes.MimeTypes()
for _type, _extension in (
    ("text/javascript", ".js"),
    ("text/javascript", ".mjs"),
    ("text/markdown", ".md"),
    ("image/webp", ".webp"),
    ("image/avif", ".avif"),
    ("font/woff", ".woff"),
    ("font/woff2", ".woff2"),
    ("application/wasm", ".wasm"),
):
    TYPES.add_type(_type, _extension)

OCTETS = "application/octet-stream"


def _spell(value: Any) -> Any:
    """Return what stands in JSON for a value that JSON does not know."""
    if isinstance(value, date | time):  # datetime is a date
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # of anything
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if callable(to_json := getattr(value, "to_json", None)):
        return to_json()
    raise TypeError(f"JSON has no {type(value).__name__}: give it a to_json() method")


def make_encode() -> Callable[[Any], str]:
    """Return what makes JSON text of a value.

    ``JSONEncoder.encode`` builds its encoder in C anew for each value.  Ours is built once.  It
    keeps no note of where it has been, so it finds a circle by the end of the stack.
    """
    encoder = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_spell
    )
    make: Any = getattr(json.encoder, "c_make_encoder", None)  # other Pythons may have none
    if make is None:
        return encoder.encode
    spell_text: Any = getattr(json.encoder, "encode_basestring")  # noqa: B009 - no stub names it
    # Its options have no names: no notes of circles, no indent, order as it is, nothing left out,
    # no NaN.
    pieces = make(None, _spell, spell_text, None, ":", ",", *(False, False, False))

    def encode(value: Any) -> str:
        try:
            return "".join(pieces(value, 0))
        except RecursionError:
            # Too deep for whoever reads it, too, or a circle, which has a message of its own.
            return encoder.encode(value)

    return encode


_encode = make_encode()


def encode_json(value: Any) -> bytes:
    r"""Return a value as JSON text.

    >>> encode_json({"name": "Zoë", "born": date(2000, 1, 1)})
    b'{"name":"Zo\xc3\xab","born":"2000-01-01"}'

    Raises:
        TypeError: There is something in it that JSON has no word for.
        ValueError: NaN, infinity, or a circle.
    """
    text = _encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate cannot be UTF-8; what this writes is JSON's own escape for it.
        return text.encode("utf-8", "backslashreplace")


def guess_media_type(name: str) -> str:
    """Return the type of a file by the end of its name; text is said to be UTF-8.

    >>> guess_media_type("a.html"), guess_media_type("a.png"), guess_media_type("a.unknown")
    ('text/html; charset=utf-8', 'image/png', 'application/octet-stream')
    >>> guess_media_type("a.tar.gz")
    'application/gzip'
    """
    found, coding = TYPES.guess_type(name)
    if coding is not None:  # the file *is* the compressed one: it is not to be unpacked on the way
        return {"gzip": "application/gzip", "bzip2": "application/x-bzip2"}.get(coding, OCTETS)
    if found is None:
        return OCTETS
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
