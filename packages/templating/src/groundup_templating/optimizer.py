"""Do once, when a template is compiled, what would come out the same at every rendering.

    {{ "Page " ~ 2 * 21 }}</b>    -->    'Page 42</b>'

``fold`` replaces expressions of constants in the tree by their value: arithmetic, ``not``, ``~``,
and filters that are marked as ``pure``.  ``constant_text`` escapes a constant that is printed, so
that the generator can join it with the text around it.  Whatever raises, or could become large, is
left as it is: then it happens, and is refused, at its place and while the template runs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from inspect import iscoroutinefunction
from math import isfinite
from typing import Any, TypeVar

from groundup_templating import nodes, statements
from groundup_templating.escapers import ESCAPERS
from groundup_templating.nodes import Arguments, Concat, Const, Expression, Filter, Operation, Unary
from groundup_templating.statements import Parameter, Statement

__all__ = ["constant_text", "fold", "pure"]

F = TypeVar("F", bound=Callable[..., Any])
Filters = Mapping[str, Callable[..., Any]]

MAX_CHARACTERS = 1000  # of a constant: what is longer is cheaper to make than to keep
MAX_BITS = 128
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
    "**": lambda left, right: left**right,
}
SIGNS: dict[str, Callable[[Any], Any]] = {
    "not": lambda value: not value,
    "-": lambda value: -value,
    "+": lambda value: +value,
}
# The filters of a block wait for its text: what they are written behind is no constant.
LEAVES = frozenset(["at", "blocks", "filters", "name", "names", "operator", "target"])
KINDS: list[Any] = [
    *(getattr(module, name) for module in (nodes, statements) for name in module.__all__),
    Parameter,
]
FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name not in LEAVES)
    for kind in KINDS
    if hasattr(kind, "__dataclass_fields__") and kind not in {Const, statements.Text}
}
# What holds nothing that could be folded: most of a tree.
ALONE = frozenset([str, bool, type(None), Const, nodes.Name, statements.Text])


def pure(function: F) -> F:
    """Mark a filter whose result depends on its arguments alone: of constants it is called once.

    >>> @pure
    ... def shout(text: str) -> str:
    ...     return text.upper() + "!"
    """
    function.template_pure = True  # type: ignore[attr-defined]  # a mark of our own
    return function


def fold(body: list[Statement], filters: Filters) -> None:
    """Replace, in the tree itself, expressions of constants by their value."""
    _fold(body, filters)


def _fold(part: Any, filters: Filters) -> Any:
    """Return what to put in the place of a part of a tree; most are changed where they are."""
    kind: type = part.__class__
    if (names := FIELDS.get(kind)) is not None:
        for name in names:
            value = getattr(part, name)
            if value.__class__ not in ALONE:
                setattr(part, name, _fold(value, filters))
        if kind in FOLDERS:
            return FOLDERS[kind](part, filters)
    elif kind is list:
        part[:] = [x if x.__class__ in ALONE else _fold(x, filters) for x in part]
    elif kind is tuple:
        return tuple([_fold(item, filters) for item in part])
    elif kind is dict:
        part.update({name: _fold(item, filters) for name, item in part.items()})
    return part


def _as_constant(node: Expression, make: Callable[[], Any]) -> Expression:
    """Return the constant that ``make`` returns, or the node if that is none to keep."""
    try:
        value = make()
    except Exception:  # noqa: BLE001 - whatever it is, it will happen when the template runs
        return node
    return Const(node.at, value) if _is_small(value) else node


def _is_small(value: Any) -> bool:
    kind: type = value.__class__
    if kind is str:
        return len(value) <= MAX_CHARACTERS
    if kind is int:
        return bool(value.bit_length() <= MAX_BITS)
    return isfinite(value) if kind is float else kind is bool or value is None


def _fold_unary(node: Unary, _: Filters) -> Expression:
    value = node.value
    if not isinstance(value, Const):
        return node
    return _as_constant(node, lambda: SIGNS[node.operator](value.value))


def _fold_operation(node: Operation, _: Filters) -> Expression:
    if not isinstance(node.left, Const) or not isinstance(node.right, Const):
        return node
    left: Any = node.left.value
    right: Any = node.right.value
    if not (_is_small(left) and _is_small(right)) or _may_grow(node.operator, left, right):
        return node
    return _as_constant(node, lambda: OPERATORS[node.operator](left, right))


def _may_grow(word: str, left: Any, right: Any) -> bool:
    """Whether the result may be so large that to make it already costs something."""
    if word == "%":
        return isinstance(left, str)  # the width of a field
    if word == "*" and (isinstance(left, str) or isinstance(right, str)):
        return any(isinstance(value, int) and value > MAX_CHARACTERS for value in (left, right))
    return word == "**" and isinstance(right, int) and abs(right) > MAX_BITS


def _fold_concat(node: Concat, _: Filters) -> Expression:
    values: list[Expression] = []
    for value in node.values:
        last = values[-1] if values else None
        if isinstance(value, Const) and isinstance(last, Const):
            text = f"{last.value}{value.value}"
            if len(text) <= MAX_CHARACTERS:
                values[-1] = Const(last.at, text)
                continue
        values.append(value)
    node.values = values
    return values[0] if len(values) == 1 else node


def _fold_filter(node: Filter, filters: Filters) -> Expression:
    function, arguments = filters.get(node.name), node.arguments
    if getattr(function, "template_pure", False) is not True or iscoroutinefunction(function):
        return node
    if function is None or not _are_constants(node.value, arguments):
        return node
    positional: list[Any] = [getattr(value, "value", None) for value in arguments.positional]
    named = {name: getattr(value, "value", None) for name, value in arguments.named}
    value: Any = getattr(node.value, "value", None)
    return _as_constant(node, lambda: function(value, *positional, **named))


def _are_constants(value: Expression, arguments: Arguments) -> bool:
    if arguments.rest is not None or arguments.named_rest is not None:
        return False
    given = [value, *arguments.positional, *(value for _, value in arguments.named)]
    return all(isinstance(value, Const) and _is_small(value.value) for value in given)


FOLDERS: dict[type, Callable[[Any, Filters], Expression]] = {
    Unary: _fold_unary,
    Operation: _fold_operation,
    Concat: _fold_concat,
    Filter: _fold_filter,
}


def constant_text(value: Any, escapers: Iterable[str]) -> str | None:
    """Return the text of a constant as these functions escape it, or None if one refuses it.

    >>> constant_text("a & b", ["text"]), constant_text("onclick", ["attribute_name"])
    ('a &amp; b', None)
    """
    try:
        for name in escapers:
            value = ESCAPERS[name](value)
    except Exception:  # noqa: BLE001 - it comes again when the template runs
        return None
    return str(value)
