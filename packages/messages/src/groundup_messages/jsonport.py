"""Who writes JSON: a port, with the standard library behind it, or orjson where it is installed.

    Response.json(value) ─► port.encode ─┬─► what use_json_encoder() was given
                                         ├─► orjson ─► refused, or NaN? ─┐
                                         └─► content.make_encode() ◄─────┘

A program must not behave otherwise because a package is installed.  So orjson is told to leave
dates, dataclasses and subclasses to us; what it refuses (numbers beyond 64 bits, keys that are no
text, lone surrogates, circles) is given to the standard library, which writes it or says in our
words what is wrong; and since it writes NaN as ``null``, a ``null`` is looked into.

What is left: small floats are spelled otherwise (``1e-7`` for ``1e-07``); members of an enum that
are text, numbers or dates *and* were given another value by hand are written as that value, not as
the text, number or date; and ``to_json`` may be asked twice for one value.

msgspec is never chosen by itself: it spells times, bytes and sets its own way, writes NaN
as ``null``, and has no option that leaves them to us.  It can be set by hand.
"""

import re
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from importlib import import_module
from math import isfinite
from threading import RLock
from typing import Any
from uuid import UUID

from groundup_messages.content import Encoder, make_encode, spell

__all__ = ["encode_json", "find_encoder", "port", "use_json_encoder"]

# Of older ones an advisory says that depth ends the process (PYSEC-2026-107); 3.12.0 and 3.13.0
# count no tuples, so that a circle through one does.
SINCE, BEFORE = (3, 11, 5), (3, 12)

# Nothing that is exactly one of these can be or hold a float.
SCALARS = frozenset((str, int, bool, type(None), date, datetime, time, UUID))

# What the standard library writes for an instance of a subclass, whatever that says of itself.
PARENTS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    ((list, tuple), list),
    (dict, lambda value: dict(value.items())),
)


def _is_usable(version: str) -> bool:
    return SINCE <= tuple(int(number) for number in re.findall(r"[0-9]+", version)) < BEFORE


@lru_cache(maxsize=256)
def _find_speller(kind: type) -> Callable[[Any], Any]:
    return next((convert for parents, convert in PARENTS if issubclass(kind, parents)), spell)


def _plain(value: object) -> Any:
    """Return what stands in JSON for a value that orjson passes on."""
    kind: type = type(value)
    return _find_speller(kind)(value)


def _holds_nan(value: Any) -> bool:
    """Return whether NaN or infinity stands in a value that has been written, so is no circle.

    Half of what the standard library takes: each value is looked at once, and nothing is made.
    """
    waiting = [value]
    for item in waiting:  # grows while it is walked
        kind = type(item)  # pyright: ignore[reportUnknownVariableType]  # of anything
        if kind in SCALARS:
            continue
        if kind is dict:
            waiting += item.values()
        elif kind is list or kind is tuple:
            waiting += item
        elif kind is not float:
            waiting.append(_plain(item))
        elif not isfinite(item):
            return True
    return False


def _make_fast_encode(orjson: Any, standard: Encoder) -> Encoder:
    """Return what writes with orjson all that it writes as the standard library would."""
    dumps = orjson.dumps
    options = (
        orjson.OPT_PASSTHROUGH_DATACLASS
        | orjson.OPT_PASSTHROUGH_DATETIME
        | orjson.OPT_PASSTHROUGH_SUBCLASS
    )

    def encode(value: Any) -> bytes:
        try:
            text: bytes = dumps(value, _plain, options)
        except TypeError as error:
            cause = error.__cause__
        else:
            if b"null" not in text or not _holds_nan(value):
                return text
            cause = None
        if cause is not None and not isinstance(cause, Exception):
            raise cause  # Ctrl-C while a value was spelled
        return standard(value)

    return encode


def find_encoder() -> Encoder:
    """Return the fastest encoder that is here and writes as the standard library does."""
    standard = make_encode()
    # orjson asks for the lock of the interpreter, so importing it would end free threading.
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return standard
    try:
        orjson: Any = import_module("orjson")
    except ImportError:
        return standard
    return _make_fast_encode(orjson, standard) if _is_usable(orjson.__version__) else standard


def _encode_first(value: Any) -> bytes:
    """Choose at the first value, so that no start pays for the import."""
    with _choosing:
        if port.encode is _encode_first:  # else another thread has chosen, or a program has
            port.encode = find_encoder()
    return port.encode(value)


class Port:
    """The place of the encoder in use: ``port.encode(value)`` is the shortest way to it."""

    __slots__ = ("encode",)

    def __init__(self) -> None:
        self.encode: Encoder = _encode_first


port = Port()
_choosing = RLock()


def use_json_encoder(encode: Encoder | None) -> None:
    r"""Write JSON with another encoder, in the whole program; None chooses again by itself.

    >>> import json
    >>> use_json_encoder(lambda value: json.dumps(value, indent=1).encode())
    >>> encode_json([1])
    b'[\n 1\n]'
    >>> use_json_encoder(None)

    What it writes and what it refuses is then its own: none of the promises above is kept for it.
    It is called by many threads at once.

    Args:
        encode: Takes a value, returns its text as UTF-8.  It is tried once, with an empty object.

    Raises:
        TypeError: It cannot be called, or returns something else than bytes.
    """
    if encode is not None:
        if not callable(encode):
            raise TypeError(f"encoder must be a function or None, got {encode!r:.40}")
        text = encode({})
        if type(text) is not bytes:
            raise TypeError(
                f"encoder must return bytes, got {type(text).__name__}: call .encode() on a text"
            )
    with _choosing:
        port.encode = encode or _encode_first


def encode_json(value: Any) -> bytes:
    r"""Return a value as JSON text.

    >>> encode_json({"name": "Zoë", "born": date(2000, 1, 1)})
    b'{"name":"Zo\xc3\xab","born":"2000-01-01"}'

    Raises:
        TypeError: There is something in it that JSON has no word for.
        ValueError: NaN, infinity, or a circle.
    """
    return port.encode(value)
