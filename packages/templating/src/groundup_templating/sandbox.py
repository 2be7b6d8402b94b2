"""What a template may do with the values that it is given.

    read      attributes and items whose names do not begin with an underscore
    call      macros; what the context or the globals hold under a name of its own; what is marked
              with @public; and the methods in the table METHODS, which change nothing
    make      texts, lists and numbers up to a size

Everything else is a SandboxError that says how to allow it.  ``str.format`` is not in the table:
its fields reach attributes.  The frames behind generators and the globals behind functions are not
reachable, because such values have no readable attributes at all.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any, TypeVar

from groundup_templating.errors import LimitError, SandboxError
from groundup_templating.markup import Markup

__all__ = [
    "UNLIMITED",
    "Limits",
    "add",
    "check_method",
    "check_name",
    "concat",
    "is_public",
    "modulo",
    "multiply",
    "power",
    "public",
]

F = TypeVar("F", bound=Callable[..., Any])

MAX_ITEMS = 1_000_000  # of a list or tuple that a template makes
MAX_TEXT = 16_777_216  # characters of a text that a template makes
MAX_BITS = 10_000  # of a number


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one rendering may take; None is no limit."""

    output: int | None = 16_777_216  # characters
    iterations: int | None = 1_000_000  # turns of loops; a call of a macro or include is ten
    depth: int | None = 50  # macros in macros, includes in includes
    seconds: float | None = 10.0


UNLIMITED = Limits(None, None, 200, None)

# Values whose attributes lead out of the data into the program.
OPAQUE = frozenset(
    [
        AsyncGeneratorType,
        BuiltinFunctionType,
        CodeType,
        CoroutineType,
        FrameType,
        FunctionType,
        GeneratorType,
        MethodType,
        ModuleType,
        TracebackType,
        type,
    ]
)

TEXT_METHODS = (
    "capitalize casefold center count endswith expandtabs find index isalnum isalpha isascii "
    "isdecimal isdigit islower isnumeric isspace istitle isupper join ljust lower lstrip partition "
    "removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split "
    "splitlines startswith strip swapcase title upper zfill"
)
SET_METHODS = "copy difference intersection isdisjoint issubset issuperset union"
DATE_METHODS = "isoformat isoweekday strftime weekday"
METHODS: list[tuple[type, frozenset[str]]] = [
    (Markup, frozenset(f"{TEXT_METHODS} striptags unescape".split())),
    (str, frozenset(TEXT_METHODS.split())),
    (bytes, frozenset(["decode", "endswith", "hex", "startswith"])),
    (Mapping, frozenset(["copy", "get", "items", "keys", "values"])),
    (AbstractSet, frozenset(SET_METHODS.split())),
    (Sequence, frozenset(["copy", "count", "index"])),
    (int, frozenset(["bit_length"])),
    (float, frozenset(["is_integer"])),
    (datetime, frozenset(f"{DATE_METHODS} date time timestamp".split())),
    (date, frozenset(DATE_METHODS.split())),
    (time, frozenset(["isoformat", "strftime"])),
    (timedelta, frozenset(["total_seconds"])),
]


def public(function: F) -> F:
    """Mark a function, method or class as one that templates may call.

    >>> class User:
    ...     @public
    ...     def initials(self) -> str:
    ...         return "AL"
    """
    function.template_public = True  # type: ignore[attr-defined]  # a mark of our own
    return function


def is_public(value: Any) -> bool:
    """Whether a value, or its class for one that can be called, is marked as public."""
    return getattr(value, "template_public", False) is True


def check_name(name: str) -> None:
    """Refuse a name that no template may read.

    Raises:
        SandboxError: The name begins with an underscore.
    """
    if name.startswith("_"):
        raise SandboxError(f"names that begin with an underscore are private, got {name!r}")


def check_method(value: Any, name: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a method is in the table, and its arguments do not make it huge."""
    for kind, names in METHODS:
        if isinstance(value, kind):
            if name not in names:
                return False
            if isinstance(value, str):
                _check_text_method(value, name, arguments)
            return True
    return False


def _check_text_method(value: str, name: str, arguments: tuple[Any, ...]) -> None:
    size = 0
    if name == "replace" and len(arguments) > 1:
        size = value.count(arguments[0]) * len(arguments[1])
    elif name == "expandtabs":
        size = value.count("\t") * (arguments[0] if arguments else 8)
    elif name in {"center", "ljust", "rjust", "zfill"} and arguments:
        size = arguments[0]
    elif name == "join" and arguments and hasattr(arguments[0], "__len__"):
        size = len(arguments[0]) * len(value) + sum(len(part) for part in arguments[0])
    _check_size(size, MAX_TEXT, "a text")


def _check_size(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise LimitError(f"{what} must have at most {limit} items or characters, got {size}")


def add(left: Any, right: Any) -> Any:
    """Add, but make nothing huge."""
    if isinstance(left, str | list | tuple | bytes):
        size = len(left) + len(right)  # pyright: ignore[reportUnknownArgumentType]  # of anything
        _check_size(size, MAX_TEXT if isinstance(left, str) else MAX_ITEMS, "a sum")
    return left + right  # pyright: ignore[reportUnknownVariableType]  # of anything


def multiply(left: Any, right: Any) -> Any:
    """Multiply, but make nothing huge."""
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > MAX_BITS:
            raise LimitError(f"a number must have at most {MAX_BITS} bits")
        return left * right
    pairs: list[tuple[Any, Any]] = [(left, right), (right, left)]
    for sequence, times in pairs:
        if isinstance(times, int) and hasattr(sequence, "__len__"):
            limit = MAX_TEXT if isinstance(sequence, str) else MAX_ITEMS
            _check_size(len(sequence) * times, limit, "a product")
    return left * right


def power(left: Any, right: Any) -> Any:
    """Raise to a power, but make nothing huge."""
    whole = isinstance(left, int) and isinstance(right, int) and abs(left) > 1
    if whole and left.bit_length() * abs(right) > MAX_BITS:
        raise LimitError(f"a number must have at most {MAX_BITS} bits")
    return left**right


FIELD_WIDTH = re.compile(r"%[^a-zA-Z%]*?(\*|\d{4,})")


def modulo(left: Any, right: Any) -> Any:
    """Divide and return the rest, or fill in a text, but make nothing huge."""
    if isinstance(left, str) and FIELD_WIDTH.search(left):
        raise LimitError("the width of a field must be written out and less than 1000")
    return left % right


def concat(*values: Any) -> str:
    """Join values as text; if one is HTML, all become HTML."""
    if any(hasattr(value, "__html__") for value in values):
        return Markup("").join(values)
    text = "".join([value if type(value) is str else str(value) for value in values])
    _check_size(len(text), MAX_TEXT, "a text")
    return text
