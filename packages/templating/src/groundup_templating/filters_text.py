"""Filters for texts and numbers.

A filter that only changes letters or spaces keeps HTML as HTML; all others take text and give text,
which is escaped where it is written.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from groundup_templating.errors import LimitError, TemplateError, shorten
from groundup_templating.markup import Markup, escape
from groundup_templating.optimizer import pure
from groundup_templating.sandbox import MAX_TEXT, modulo
from groundup_templating.undefined import Undefined

__all__ = ["FILTERS", "as_text"]

MAX_WIDTH = 100_000
MAX_PRECISION = 300  # digits of a number to round: 10 to the power of more is no float
WORD = re.compile(r"\w+", re.UNICODE)
WORD_START = re.compile(r"(^|[-\s({\[<])(\w)")


def as_text(value: Any) -> str:
    """Return text; HTML stays HTML."""
    if isinstance(value, str):
        return value
    return escape(value) if hasattr(value, "__html__") else str(value)


def _check_width(width: int) -> int:
    if width > MAX_WIDTH:
        raise LimitError(f"a width must be at most {MAX_WIDTH}, got {width}")
    return width


def _check_length(length: int) -> None:
    if length > MAX_TEXT:
        raise LimitError(f"a text must have at most {MAX_TEXT} characters, got {length}")


def _like(original: Any, text: str) -> str:
    # The plain text first: to find no attribute takes longer than all the rest of a filter.
    if type(original) is str:
        return text
    return Markup(text) if hasattr(original, "__html__") else text


@pure
def capitalize(value: Any) -> str:
    """Make the first letter large and all others small."""
    return _like(value, str(as_text(value)).capitalize())


@pure
def lower(value: Any) -> str:
    """Make all letters small."""
    if type(value) is str:
        return value.lower()
    return _like(value, str(as_text(value)).lower())


@pure
def upper(value: Any) -> str:
    """Make all letters large."""
    if type(value) is str:
        return value.upper()
    return _like(value, str(as_text(value)).upper())


@pure
def title(value: Any) -> str:
    """Make the first letter of each word large."""
    text = str(as_text(value)).lower()
    return _like(value, WORD_START.sub(lambda found: found[1] + found[2].upper(), text))


@pure
def trim(value: Any, characters: str | None = None) -> str:
    """Remove white space, or other characters, at both ends."""
    return as_text(value).strip(characters)


def replace(value: Any, old: str, new: str, count: int = -1) -> str:
    """Replace a text by another."""
    text = as_text(value)
    _check_length(len(text) + text.count(old) * len(new))
    if hasattr(new, "__html__") and not hasattr(text, "__html__"):
        text = escape(text)
    return text.replace(old, new, count)


@pure
def truncate(
    value: Any,
    length: int = 255,
    killwords: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    end: str = "...",
    leeway: int = 5,
) -> str:
    """Cut a text that is longer than ``length``, between words unless ``killwords``."""
    text = as_text(value)
    if len(text) <= length + leeway:
        return text
    if length < len(end):
        raise TemplateError(f"the length must be at least that of the end, got {length}")
    cut = text[: length - len(end)]
    return cut + end if killwords else cut.rsplit(" ", 1)[0] + end


def center(value: Any, width: int = 80) -> str:
    """Put spaces on both sides."""
    return _like(value, str(as_text(value)).center(_check_width(width)))


def indent(
    value: Any,
    width: int | str = 4,
    first: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    blank: bool = False,  # noqa: FBT001, FBT002 - the order that users know
) -> str:
    """Indent all lines, the first only if asked for."""
    prefix = width if isinstance(width, str) else " " * _check_width(width)
    lines = str(as_text(value)).split("\n")
    _check_length(sum(map(len, lines)) + len(lines) * len(prefix))
    rest = [prefix + line if line.strip() or blank else line for line in lines[1:]]
    start = prefix + lines[0] if first else lines[0]
    return _like(value, "\n".join([start, *rest]))


def wordwrap(
    value: Any,
    width: int = 79,
    break_long_words: bool = True,  # noqa: FBT001, FBT002 - the order that users know
) -> str:
    """Break lines that are longer than ``width``."""
    lines = str(as_text(value)).splitlines()
    wrapped = [
        textwrap.wrap(
            line,
            max(1, width),
            break_long_words=break_long_words,
            break_on_hyphens=False,
            expand_tabs=False,
            replace_whitespace=False,
        )
        for line in lines
    ]
    return _like(value, "\n".join("\n".join(parts) for parts in wrapped))


@pure
def wordcount(value: Any) -> int:
    """Count the words."""
    return len(WORD.findall(str(as_text(value))))


def format_text(value: Any, *values: Any, **named: Any) -> str:
    """Fill in a text like ``"%s of %d"``."""
    if values and named:
        raise TemplateError("format takes values or names, not both")
    return str(modulo(as_text(value), named or values))


@pure
def slugify(value: Any) -> str:
    """Make a text fit for a URL: small letters, digits and dashes."""
    text = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


@pure
def to_int(value: Any, default: int = 0, base: int = 10) -> int:
    """Return a whole number, or the default."""
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        return to_int(to_float(value, default), default) if isinstance(value, str) else default


@pure
def to_float(value: Any, default: float = 0.0) -> float:
    """Return a number, or the default."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return default


@pure
def round_number(value: float, precision: int = 0, method: str = "common") -> float:
    """Round: ``common``, ``ceil`` (up) or ``floor`` (down)."""
    if abs(precision) > MAX_PRECISION:
        raise LimitError(f"a precision must be at most {MAX_PRECISION}, got {precision}")
    if method == "common":
        return round(value, precision)
    if method not in {"ceil", "floor"}:
        raise TemplateError(f"round knows common, ceil and floor, got {shorten(method)}")
    scaled = value * 10**precision
    whole = float(int(scaled))
    step = {"ceil": whole < scaled, "floor": -(whole > scaled)}[method]
    return float((whole + step) / 10**precision)


@pure
def filesizeformat(
    value: float | str,
    binary: bool = False,  # noqa: FBT001, FBT002 - the order that users know
) -> str:
    """Write a number of bytes for people: 13 kB, 4.1 MB."""
    size, base = float(value), 1024 if binary else 1000
    if size == 1:
        return "1 Byte"
    if abs(size) < base:
        return f"{int(size)} Bytes"
    prefixes = "kMGTPEZY"
    power = 0
    while abs(size) >= base and power < len(prefixes):
        size /= base
        power += 1
    letter = prefixes[power - 1]
    return f"{size:.1f} {letter.upper() + 'i' if binary else letter}B"


@pure
def pluralize(value: Any, endings: str = "s") -> str:
    """Return the ending for a number or the length of a list: ``s``, or ``y,ies``."""
    count = len(value) if hasattr(value, "__len__") else value
    one, _, many = endings.rpartition(",")
    return one if count == 1 else many


def format_date(value: Any, pattern: str = "%Y-%m-%d") -> str:
    """Write a date or time, by the codes of strftime."""
    if not isinstance(value, date | time):
        raise TemplateError(f"date needs a date or time, got {shorten(value)}")
    return value.strftime(pattern)


def format_datetime(value: Any) -> str:
    """Write a date and time as ``2024-05-17 13:05``."""
    if not isinstance(value, datetime):
        raise TemplateError(f"datetime needs a date with time, got {shorten(value)}")
    return value.strftime("%Y-%m-%d %H:%M")


def default(
    value: Any,
    other: Any = "",
    falsy: bool = False,  # noqa: FBT001, FBT002 - the order that users know
) -> Any:
    """Return another value for a missing one, or for a false one if ``falsy``."""
    if isinstance(value, Undefined) or (falsy and not value):
        return other
    return value


@pure
def yes_or_no(value: Any, words: str = "yes,no") -> str:
    """Return one of two words."""
    yes, _, no = words.partition(",")
    return yes if value else no


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "capitalize": capitalize,
    "center": center,
    "d": default,
    "date": format_date,
    "datetime": format_datetime,
    "default": default,
    "filesizeformat": filesizeformat,
    "float": to_float,
    "format": format_text,
    "indent": indent,
    "int": to_int,
    "lower": lower,
    "lowercase": lower,
    "pluralize": pluralize,
    "replace": replace,
    "round": round_number,
    "slug": slugify,
    "string": as_text,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "uppercase": upper,
    "wordcount": wordcount,
    "wordwrap": wordwrap,
    "yesno": yes_or_no,
}
