"""Choose a content coding: RFC 9110, section 12.5.3.

    Accept-Encoding: gzip, br;q=0.8, identity;q=0

The client says what it can decode and what it likes best; we say which codings there are.  A file
``style.css.br`` beside ``style.css`` is the same content, made once and smaller than what can be
made while somebody waits; gzip alone is made on the fly.

To compress in advance, brotli and zstd are used where there is a module for them.  None is
required, so their names are data here: gzip comes with Python, and every client knows it.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from groundup_httpparse import parse_qualities

__all__ = ["SUFFIXES", "Encoder", "choose_coding", "compress", "find_encoders"]

SUFFIXES = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}  # the best first
IDENTITY = "identity"
LEVEL = 6
GAIN = 0.95  # what does not get at least so much smaller is not worth the client's time
SLOWLY = (  # coding, modules that know it, and what they are asked for
    ("br", ("brotli", "brotlicffi"), {"quality": 11}),
    # Not more than 19: from 20 on the window is larger than clients must have (RFC 9659).
    ("zstd", ("compression.zstd", "backports.zstd", "zstandard"), {"level": 19}),
)
MAX_MEMO = 200  # characters of a field: what browsers send is shorter


Encoder = Callable[[bytes], bytes]
"""Takes content and returns it compressed, always the same for the same content."""


def choose_coding(accepted: str | None, available: tuple[str, ...]) -> str | None:
    """Return the coding to use, "identity" for none, or None when the client takes none of ours.

    >>> choose_coding("gzip;q=0.5, br", ("br", "gzip"))
    'br'
    >>> choose_coding("identity;q=0", ("gzip",)) is None
    True

    Args:
        accepted: The value of Accept-Encoding; None when there is no such field.
        available: Codings that we have besides identity, the best first.
    """
    if accepted is None:
        return IDENTITY
    return (
        _remembered(accepted, available)
        if len(accepted) <= MAX_MEMO
        else _choose(accepted, available)
    )


def _choose(accepted: str, available: tuple[str, ...]) -> str | None:
    qualities: dict[str, float] = {}
    for coding, quality in parse_qualities(accepted):
        name = coding.lower()
        qualities.setdefault("gzip" if name == "x-gzip" else name, quality)
    anything = qualities.get("*")
    best, best_quality = None, 0.0
    for coding in available:
        quality = qualities.get(coding, anything or 0.0)
        if quality > best_quality:
            best, best_quality = coding, quality
    identity = qualities.get(IDENTITY)
    if identity is not None:
        return (
            best
            if best is not None and best_quality >= identity
            else IDENTITY
            if identity
            else None
        )
    # Not named, it is liked least of all, but acceptable unless "*;q=0" refuses all the rest.
    return IDENTITY if best is None and anything != 0 else best


_remembered = lru_cache(maxsize=256)(_choose)


def compress(content: bytes) -> bytes | None:
    """Return content as gzip, always the same for the same content, or None when it is no gain."""
    small = gzip.compress(content, LEVEL, mtime=0)
    return small if len(small) < len(content) * GAIN else None


def find_encoders() -> dict[str, Encoder]:
    """Return what this machine can compress to in advance, with all the time it takes."""
    found: dict[str, Encoder] = {}
    for coding, names, options in SLOWLY:
        module = _import_any(names)
        if module is not None:
            found[coding] = partial(module.compress, **options)
    found["gzip"] = partial(gzip.compress, compresslevel=9, mtime=0)
    return found


def _import_any(names: tuple[str, ...]) -> Any:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None
