"""What a column can hold, and which values are refused before the database sees them.

A type knows Python values only; how it is spelled and stored in a database is the dialect's table,
found by ``kind``.  A value is checked when it is flushed, so that an error names the attribute and
not a statement.  SQLite would take any value in any column, and PostgreSQL would cut the
transaction short: both are later and less clear.

| type | Python | limits |
| --- | --- | --- |
| Integer | int (not bool) | 64 bits, signed |
| String(n), Text | str | n characters; no NUL, no lone surrogates |
| Boolean | bool | |
| Float | float or int | not NaN, which SQLite would turn into NULL |
| DateTime | aware datetime, kept as UTC | ``DateTime(timezone=False)``: naive ones |
| JSON | what ``json`` can write | |
| LargeBinary | bytes | |
"""

import json
import math
import re
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar, cast

from groundup_orm.errors import ValidationError

__all__ = [
    "JSON",
    "Boolean",
    "ColumnType",
    "DateTime",
    "Float",
    "Integer",
    "LargeBinary",
    "String",
    "Text",
]

ValueT = TypeVar("ValueT")

SHOWN = 40  # characters of a value in a message
LOWEST, HIGHEST = -(2**63), 2**63 - 1
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # escaped in JSON, but not after an escaped backslash


def show(value: object) -> str:
    """Return the start of a value's repr, for messages."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


class ColumnType(Generic[ValueT]):
    """The kind of value in a column.  Immutable, may be shared."""

    kind: ClassVar[str]

    def convert(self, value: Any) -> ValueT:
        """Return a value of this kind, for a comparison.

        Raises:
            ValidationError: It is of another kind.
        """
        raise NotImplementedError

    def check(self, value: Any) -> ValueT:
        """Return a value that the column can store.

        Raises:
            ValidationError: It is of another kind or beyond the limits.
        """
        return self.convert(value)

    def __repr__(self) -> str:
        return type(self).__name__


class Integer(ColumnType[int]):
    """A whole number of 64 bits, on every database.

    >>> Integer().check(7)
    7
    """

    kind = "integer"

    def convert(self, value: Any) -> int:
        """Refuse bool, which is an int in Python, and what does not fit."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(f"must be an integer, got {show(value)}")
        if not LOWEST <= value <= HIGHEST:
            raise ValidationError(f"must fit in 64 bits, got {show(value)}")
        return value


class Text(ColumnType[str]):
    """Text of any length."""

    kind = "text"

    def convert(self, value: Any) -> str:
        """Refuse what no database can store as UTF-8 text."""
        if not isinstance(value, str):
            raise ValidationError(f"must be a string, got {show(value)}")
        if "\0" in value:
            raise ValidationError(f"must not contain NUL, got {show(value)}")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValidationError(f"must be Unicode text, got {show(value)}") from None
        return value


class String(Text):
    """Text of at most ``length`` characters.

    >>> String(5).check("hello!")
    Traceback (most recent call last):
    groundup_orm.errors.ValidationError: must have at most 5 characters, got 6
    """

    kind = "string"

    def __init__(self, length: int | None = None) -> None:
        if length is not None and length < 1:
            raise ValidationError(f"length of a String must be at least 1, got {length}")
        self.length = length

    def check(self, value: Any) -> str:
        """Refuse text that is too long; SQLite would store it."""
        text = self.convert(value)
        if self.length is not None and len(text) > self.length:
            raise ValidationError(f"must have at most {self.length} characters, got {len(text)}")
        return text

    def __repr__(self) -> str:
        return "String" if self.length is None else f"String({self.length})"


class Boolean(ColumnType[bool]):
    """True or False."""

    kind = "boolean"

    def convert(self, value: Any) -> bool:
        """Refuse numbers: 2 is neither."""
        if not isinstance(value, bool):
            raise ValidationError(f"must be True or False, got {show(value)}")
        return value


class Float(ColumnType[float]):
    """A floating-point number of 64 bits."""

    kind = "float"

    def convert(self, value: Any) -> float:
        """Take integers too; refuse NaN."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValidationError(f"must be a number, got {show(value)}")
        try:
            number = float(value)
        except OverflowError:
            raise ValidationError(f"must fit in a float, got {show(value)}") from None
        if math.isnan(number):
            raise ValidationError("must be a number, got NaN")
        return number


class DateTime(ColumnType[datetime]):
    """A moment, kept and returned in UTC.

    ``DateTime(timezone=False)`` holds naive values instead: a date and time on somebody's wall.
    """

    kind = "datetime"

    def __init__(self, *, timezone: bool = True) -> None:
        self.timezone = timezone

    def convert(self, value: Any) -> datetime:
        """Refuse a naive value where a moment is meant, and the other way round."""
        if not isinstance(value, datetime):
            raise ValidationError(f"must be a datetime, got {show(value)}")
        if not self.timezone:
            if value.tzinfo is not None:
                raise ValidationError(f"must have no time zone, got {value.isoformat()}")
            return value
        if value.tzinfo is None:
            raise ValidationError(
                f"must have a time zone, got {value.isoformat()}: use datetime.now(UTC)"
            )
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValidationError(
                f"must be between the years 1 and 9999 in UTC, got {value}"
            ) from None


class JSON(ColumnType[Any]):
    """Anything that ``json`` can write; ``None`` is SQL's NULL.

    Changes inside the value are found when the session flushes.
    """

    kind = "json"

    def convert(self, value: Any) -> Any:
        """Refuse what JSON has no words for, NaN and NUL too."""
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False)
            text.encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise ValidationError(f"must be JSON: {error}") from None
        if NUL.search(text):
            raise ValidationError("must not contain NUL")
        return value


class LargeBinary(ColumnType[bytes]):
    """Bytes of any length."""

    kind = "binary"

    def convert(self, value: Any) -> bytes:
        """Take the bytes-like types, and give bytes."""
        if not isinstance(value, bytes | bytearray | memoryview):
            raise ValidationError(f"must be bytes, got {show(value)}")
        return bytes(cast("bytes", value))
