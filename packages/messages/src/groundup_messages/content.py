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
from enum import EnumType
from functools import cache
from typing import Any
from uuid import UUID

__all__ = ["Encoder", "guess_media_type", "make_encode", "spell"]

Encoder = Callable[[Any], bytes]
"""Takes a value and returns its JSON text as UTF-8."""

TYPES = {  # besides the standard library's own
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".md": "text/markdown",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}

TIMES = (date, time)  # datetime is a date
OCTETS = "application/octet-stream"


def spell(value: Any) -> Any:
    """Return what stands in JSON for a value that JSON does not know."""
    if isinstance(value, TIMES):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(type(value), EnumType):  # isinstance(value, Enum) takes twice as long
        return value.value
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # of anything
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if callable(to_json := getattr(value, "to_json", None)):
        return to_json()
    raise TypeError(f"JSON has no {type(value).__name__}: give it a to_json() method")


def make_encode() -> Encoder:
    """Return what makes JSON text of a value with the standard library alone.

    ``JSONEncoder.encode`` builds its encoder in C anew for each value.  Ours is built once.  It
    keeps no note of where it has been, so it finds a circle by the end of the stack.
    """
    encoder = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=spell
    )
    make: Any = getattr(json.encoder, "c_make_encoder", None)  # other Pythons may have none
    if make is None:
        return lambda value: _to_utf8(encoder.encode(value))
    spell_text: Any = getattr(json.encoder, "encode_basestring")  # noqa: B009 - no stub names it
    # Its options have no names: no notes of circles, no indent, order as it is, nothing left out,
    # no NaN.
    pieces = make(None, spell, spell_text, None, ":", ",", *(False, False, False))

    def encode(value: Any) -> bytes:
        try:
            text = "".join(pieces(value, 0))
        except RecursionError:
            # Too deep for whoever reads it, too, or a circle, which has a message of its own.
            text = encoder.encode(value)
        try:
            return text.encode()
        except UnicodeEncodeError:
            return _to_utf8(text)

    return encode


def _to_utf8(text: str) -> bytes:
    """Return JSON as bytes: a lone surrogate cannot be UTF-8, but JSON has an escape for it."""
    return text.encode("utf-8", "backslashreplace")


@cache
def _read_types() -> mimetypes.MimeTypes:
    """Return the table without what this machine's files add: the same everywhere.

    Making the first one reads those files all the same, in 3 ms: not at the start of a program.
    """
    table = mimetypes.MimeTypes()
    for extension, kind in TYPES.items():
        table.add_type(kind, extension)
    return table


def guess_media_type(name: str) -> str:
    """Return the type of a file by the end of its name; text is said to be UTF-8.

    >>> guess_media_type("a.html"), guess_media_type("a.png"), guess_media_type("a.unknown")
    ('text/html; charset=utf-8', 'image/png', 'application/octet-stream')
    >>> guess_media_type("a.tar.gz")
    'application/gzip'
    """
    found, coding = _read_types().guess_type(name)
    if coding is not None:  # the file *is* the compressed one: it is not to be unpacked on the way
        return {"gzip": "application/gzip", "bzip2": "application/x-bzip2"}.get(coding, OCTETS)
    if found is None:
        return OCTETS
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
