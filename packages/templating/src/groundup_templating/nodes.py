"""The tree of a template: what the parser makes and the compiler walks.  Here, the expressions.

Expressions have a value; statements, in the next module, write or bind.  Each node knows ``at``,
its offset in the source, and nothing else: no line, no context, no generated name.  What a pass
finds out about a node it keeps in a table of its own, so that one tree can be compiled for several
contexts.  Nobody asks whether two nodes are equal: to make classes that can answer that for forty
kinds of them would be half of the time to import this.
"""

from dataclasses import dataclass

__all__ = [
    "Arguments",
    "Attribute",
    "Call",
    "Compare",
    "Concat",
    "Conditional",
    "Const",
    "DictDisplay",
    "Expression",
    "Filter",
    "Item",
    "ListDisplay",
    "Logical",
    "Name",
    "Node",
    "Operation",
    "Slice",
    "Test",
    "Translation",
    "TupleDisplay",
    "Unary",
]


@dataclass(slots=True, eq=False)
class Node:
    """Something at a place of the source."""

    at: int


@dataclass(slots=True, eq=False)
class Expression(Node):
    """Something with a value."""


@dataclass(slots=True, eq=False)
class Const(Expression):
    """A number, a string, true, false or none."""

    value: str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Name(Expression):
    """A variable."""

    name: str


@dataclass(slots=True, eq=False)
class Attribute(Expression):
    """``value.name``."""

    value: Expression
    name: str


@dataclass(slots=True, eq=False)
class Item(Expression):
    """``value[index]``."""

    value: Expression
    index: Expression


@dataclass(slots=True, eq=False)
class Slice(Expression):
    """``start:stop:step``, as the index of an Item."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None


@dataclass(slots=True, eq=False)
class Arguments:
    """What stands between the brackets of a call."""

    positional: list[Expression]
    named: list[tuple[str, Expression]]
    rest: Expression | None = None
    named_rest: Expression | None = None


@dataclass(slots=True, eq=False)
class Call(Expression):
    """``function(arguments)``."""

    function: Expression
    arguments: Arguments


@dataclass(slots=True, eq=False)
class Filter(Expression):
    """``value | name(arguments)``."""

    value: Expression
    name: str
    arguments: Arguments


@dataclass(slots=True, eq=False)
class Test(Expression):
    """``value is name(arguments)``."""

    value: Expression
    name: str
    arguments: Arguments
    negated: bool


@dataclass(slots=True, eq=False)
class Unary(Expression):
    """``not value``, ``-value`` or ``+value``."""

    operator: str
    value: Expression


@dataclass(slots=True, eq=False)
class Operation(Expression):
    """``left operator right`` for the arithmetic operators."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Compare(Expression):
    """``first < second < third``: as in Python, each operand is looked at once."""

    first: Expression
    rest: list[tuple[str, Expression]]


@dataclass(slots=True, eq=False)
class Logical(Expression):
    """``a and b and c``, or the same with ``or``."""

    operator: str
    values: list[Expression]


@dataclass(slots=True, eq=False)
class Concat(Expression):
    """``a ~ b ~ c``: joined as text."""

    values: list[Expression]


@dataclass(slots=True, eq=False)
class Conditional(Expression):
    """``yes if test else no``; without ``else``, nothing."""

    test: Expression
    yes: Expression
    no: Expression | None


@dataclass(slots=True, eq=False)
class Translation(Expression):
    """``trans`` … ``endtrans``: a message for gettext, and the values that go into it."""

    message: str
    plural: str | None
    count: Expression | None
    values: dict[str, Expression]


@dataclass(slots=True, eq=False)
class ListDisplay(Expression):
    """``[a, b]``."""

    values: list[Expression]


@dataclass(slots=True, eq=False)
class TupleDisplay(Expression):
    """``(a, b)``, or ``a, b`` where the grammar takes it bare."""

    values: list[Expression]


@dataclass(slots=True, eq=False)
class DictDisplay(Expression):
    """``{"key": value}``."""

    items: list[tuple[Expression, Expression]]
