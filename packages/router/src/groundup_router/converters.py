"""What a typed parameter takes, and the value it makes of it: ``:id<int>``.

    pattern            takes          the handler gets    url_for writes
    /posts/:id<int>    /posts/42      42                  42
    /log/:day<date>    /log/2024-01-15    date(2024, 1, 15)   2024-01-15

A converter is two functions.  ``parse`` turns the text of one segment into a value, and raises
``ValueError`` for what is none: then the router looks for another route.  ``format`` is its way
back.  Digits are ASCII digits: ``int`` alone also takes ``"+4"``, ``" 4"``, ``"4_0"`` and ``"٤"``,
and then one page has many addresses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

__all__ = ["CONVERTERS", "MAX_LIMITED", "Converter"]

MAX_LIMITED = 255  # characters that a regular expression is let loose on
MAX_DIGITS = 18  # fits 64 bits everywhere it may go next: databases, JavaScript's BigInt

UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DATE_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SLUG_FORM = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Converter:
    """How the text of a segment becomes a value, and a value the text of a segment.

    >>> month = Converter(
    ...     lambda text: ["jan", "feb"].index(text) + 1, lambda n: ["jan", "feb"][n - 1]
    ... )
    >>> month.parse("feb"), month.format(1)
    (2, 'jan')

    Attributes:
        parse: Raises ``ValueError`` for text that it does not take.
        format: The way back, for ``url_for``.
        rank: Where several converters take the same text, the lower rank is asked first.
    """

    parse: Callable[[str], Any]
    format: Callable[[Any], str] = str
    rank: int = 30


def parse_int(text: str) -> int:
    """Return the number that up to 18 digits mean.

    >>> parse_int("007")
    7
    """
    if len(text) <= MAX_DIGITS and text.isdigit() and text.isascii():
        return int(text)
    raise ValueError(f"must be 1 to {MAX_DIGITS} digits")


def parse_uuid(text: str) -> UUID:
    """Return the UUID that is written with hyphens."""
    if UUID_FORM.fullmatch(text):
        return UUID(text)
    raise ValueError("must be a UUID such as 123e4567-e89b-12d3-a456-426614174000")


def parse_date(text: str) -> date:
    """Return the day that is written as 2024-01-15."""
    if DATE_FORM.fullmatch(text):
        return date.fromisoformat(text)
    raise ValueError("must be a date such as 2024-01-15")


def parse_slug(text: str) -> str:
    """Return words of ASCII letters and digits that are joined by hyphens or underscores."""
    if len(text) <= MAX_LIMITED and SLUG_FORM.fullmatch(text):
        return text
    raise ValueError("must be words joined by hyphens, such as hello-world")


CONVERTERS = {
    "int": Converter(parse_int, rank=10),
    "date": Converter(parse_date, rank=11),
    "uuid": Converter(parse_uuid, rank=12),
    "slug": Converter(parse_slug, rank=50),
}
