"""The tests of templates: ``{% if value is name %}``."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from groundup_templating.expression_code import needs_lookup
from groundup_templating.lookup import Lookup
from groundup_templating.undefined import Undefined

__all__ = ["TESTS"]


def is_defined(value: Any) -> bool:
    """Whether the context has the value."""
    return not isinstance(value, Undefined)


def is_undefined(value: Any) -> bool:
    """Whether the context does not have the value."""
    return isinstance(value, Undefined)


def is_divisible_by(value: int, number: int) -> bool:
    """Whether nothing is left when a number is divided by another."""
    return value % number == 0


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """Whether a value is a whole number; true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_sequence(value: Any) -> bool:
    """Whether a value has a length and items by number."""
    return isinstance(value, Sequence)


def is_iterable(value: Any) -> bool:
    """Whether a loop could go over a value."""
    return isinstance(value, Iterable) and not isinstance(value, Undefined)


def is_in(value: Any, container: Any) -> bool:
    """Whether a container holds a value."""
    return value in container


@needs_lookup
def is_filter(lookup: Lookup, value: Any) -> bool:
    """Whether there is a filter of this name."""
    return value in lookup.filters


@needs_lookup
def is_test(lookup: Lookup, value: Any) -> bool:
    """Whether there is a test of this name."""
    return value in lookup.tests


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "equalto": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lessthan": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "greaterthan": operator.gt,
    "ge": operator.ge,
    "sameas": operator.is_,
}
PREDICATES: dict[str, Callable[[Any], bool]] = {
    "defined": is_defined,
    "undefined": is_undefined,
    "none": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "integer": is_integer,
    "float": lambda value: isinstance(value, float),
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "mapping": lambda value: isinstance(value, Mapping),
    "sequence": is_sequence,
    "iterable": is_iterable,
    "callable": callable,
    "odd": lambda value: bool(value % 2 == 1),
    "even": lambda value: bool(value % 2 == 0),
    "lower": lambda value: str(value).islower(),
    "upper": lambda value: str(value).isupper(),
    "escaped": lambda value: hasattr(value, "__html__"),
}
TESTS: dict[str, Callable[..., bool]] = {
    **PREDICATES,
    **COMPARISONS,
    "divisibleby": is_divisible_by,
    "in": is_in,
    "filter": is_filter,
    "test": is_test,
}
