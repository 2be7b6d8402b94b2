"""Python expressions that become SQL: nodes of a tree, and the operators that build them.

    (User.age >= 18) & User.name.startswith("A")

    Junction AND ─┬─ Binary >= ─┬─ Column users.age
                  │             └─ Bind 18
                  └─ Like ─┬─ Column users.name
                           └─ Bind 'A%'

A value never becomes part of the SQL text: whatever is not a node becomes a ``Bind``, a parameter.
The nodes know nothing of databases; ``compiler`` turns them into text.

``and``, ``or``, ``not`` and chained comparisons cannot be overloaded, and would silently drop half
of the condition: asking an expression for its truth raises.  Use ``&``, ``|``, ``~``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from groundup_orm.errors import MappingError
from groundup_orm.types import Boolean, ColumnType

__all__ = [
    "Between",
    "Binary",
    "Bind",
    "Exists",
    "Expression",
    "InList",
    "InSelect",
    "Junction",
    "Label",
    "Like",
    "Not",
    "NullTest",
    "Order",
    "SelectLike",
    "and_",
    "not_",
    "or_",
]


MOST_VALUES = 30_000  # SQLite takes 32,766 parameters in all


@runtime_checkable
class SelectLike(Protocol):
    """A query that can stand inside another one."""

    @property
    def select(self) -> Any:
        """The statement."""
        ...


class Expression:
    """A part of an SQL statement.  Immutable; may be shared."""

    @property
    def type(self) -> ColumnType[Any] | None:
        """The kind of value it has, if known."""
        return None

    def __bool__(self) -> bool:
        raise TypeError(
            "an SQL expression has no truth value in Python: "
            "use & | ~ in place of and, or, not, and in_() in place of in"
        )

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> "Expression":  # type: ignore[override]  # builds SQL
        return NullTest(self) if other is None else self._compare("=", other)

    def __ne__(self, other: object) -> "Expression":  # type: ignore[override]  # builds SQL
        return NullTest(self, negated=True) if other is None else self._compare("<>", other)

    def __lt__(self, other: object) -> "Expression":
        return self._compare("<", other)

    def __le__(self, other: object) -> "Expression":
        return self._compare("<=", other)

    def __gt__(self, other: object) -> "Expression":
        return self._compare(">", other)

    def __ge__(self, other: object) -> "Expression":
        return self._compare(">=", other)

    def __and__(self, other: "Expression") -> "Expression":
        return and_(self, other)

    def __or__(self, other: "Expression") -> "Expression":
        return or_(self, other)

    def __invert__(self) -> "Expression":
        return Not(self)

    def __add__(self, other: object) -> "Expression":
        operator = "||" if self.type is not None and self.type.kind in {"string", "text"} else "+"
        return Binary(operator, self, as_expression(other, self.type), self.type)

    def __sub__(self, other: object) -> "Expression":
        return Binary("-", self, as_expression(other, self.type), self.type)

    def __mul__(self, other: object) -> "Expression":
        return Binary("*", self, as_expression(other, self.type), self.type)

    def __truediv__(self, other: object) -> "Expression":
        return Binary("/", self, as_expression(other, self.type), self.type)

    def __mod__(self, other: object) -> "Expression":
        return Binary("%", self, as_expression(other, self.type), self.type)

    def _compare(self, operator: str, other: object) -> "Expression":
        return Binary(operator, self, as_expression(other, self.type), Boolean())

    def in_(self, values: "Iterable[object] | SelectLike") -> "Expression":
        """Whether the value is one of these, or one that a query finds."""
        if isinstance(values, SelectLike):
            return InSelect(self, values.select)
        found = tuple(as_expression(value, self.type) for value in values)
        if len(found) > MOST_VALUES:
            raise MappingError(
                f"in_() takes at most {MOST_VALUES} values, got {len(found)}: give it a query"
            )
        return InList(self, found)

    def not_in(self, values: "Iterable[object] | SelectLike") -> "Expression":
        """Whether the value is none of these."""
        return Not(self.in_(values))

    def between(self, low: object, high: object) -> "Expression":
        """Whether the value lies between two others, both included."""
        return Between(self, as_expression(low, self.type), as_expression(high, self.type))

    def is_(self, value: None) -> "Expression":
        """Whether the value is NULL, for those who do not like ``== None``."""
        return self == value

    def is_not(self, value: None) -> "Expression":
        """Whether the value is not NULL."""
        return self != value

    def like(self, pattern: str) -> "Expression":
        r"""Match a pattern of ``%`` and ``_``, with ``\`` to escape them; case matters."""
        return Like(self, Bind(pattern))

    def ilike(self, pattern: str) -> "Expression":
        """Match a pattern whatever the case."""
        return Like(self, Bind(pattern), ignore_case=True)

    def contains(self, text: str) -> "Expression":
        """Whether the text occurs; ``%`` and ``_`` in it mean themselves."""
        return Like(self, Bind(f"%{escape_like(text)}%"))

    def startswith(self, text: str) -> "Expression":
        """Whether the value starts with this text."""
        return Like(self, Bind(f"{escape_like(text)}%"))

    def endswith(self, text: str) -> "Expression":
        """Whether the value ends with this text."""
        return Like(self, Bind(f"%{escape_like(text)}"))

    def asc(self) -> "Order":
        """Order by this, smallest first."""
        return Order(self)

    def desc(self) -> "Order":
        """Order by this, largest first."""
        return Order(self, descending=True)

    def label(self, name: str) -> "Label":
        """Give the column of the result a name."""
        return Label(self, name)


@dataclass(frozen=True, eq=False)
class Bind(Expression):
    """A value: a parameter of the statement, never text in it."""

    value: Any
    value_type: ColumnType[Any] | None = None


@dataclass(frozen=True, eq=False)
class Binary(Expression):
    """Two operands and the operator between them."""

    operator: str
    left: Expression
    right: Expression
    result: ColumnType[Any] | None = None

    @property
    def type(self) -> ColumnType[Any] | None:
        """Boolean for comparisons, else that of the left operand."""
        return self.result


@dataclass(frozen=True, eq=False)
class Junction(Expression):
    """Conditions joined by AND or OR."""

    operator: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, eq=False)
class Not(Expression):
    """The opposite of a condition."""

    operand: Expression


@dataclass(frozen=True, eq=False)
class NullTest(Expression):
    """IS NULL or IS NOT NULL."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True, eq=False)
class InList(Expression):
    """Membership in a list; an empty list holds nothing."""

    operand: Expression
    values: tuple[Expression, ...]


@dataclass(frozen=True, eq=False)
class InSelect(Expression):
    """Membership in the result of a query."""

    operand: Expression
    select: Any


@dataclass(frozen=True, eq=False)
class Exists(Expression):
    """Whether a query finds anything."""

    select: Any


@dataclass(frozen=True, eq=False)
class Between(Expression):
    """BETWEEN, both ends included."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, eq=False)
class Like(Expression):
    """A pattern match."""

    operand: Expression
    pattern: Bind
    ignore_case: bool = False


@dataclass(frozen=True, eq=False)
class Label(Expression):
    """An expression with a name in the result."""

    operand: Expression
    name: str

    @property
    def type(self) -> ColumnType[Any] | None:
        """That of what is labelled."""
        return self.operand.type


@dataclass(frozen=True, eq=False)
class Order(Expression):
    """An expression to sort by."""

    operand: Expression
    descending: bool = False


def escape_like(text: str) -> str:
    """Return a pattern that matches only the text itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def as_expression(value: object, value_type: ColumnType[Any] | None = None) -> Expression:
    """Return an expression as it is, and any other value as a parameter."""
    return value if isinstance(value, Expression) else Bind(value, value_type)


def join_conditions(operator: str, parts: tuple[Expression, ...]) -> Expression:
    """Return one condition out of several; those of the same kind are not nested."""
    if not parts:
        raise MappingError(f"{operator.lower()}_() needs at least one condition")
    flat: list[Expression] = []
    for part in parts:
        if not isinstance(part, Expression):  # pyright: ignore[reportUnnecessaryIsInstance]  # users
            raise MappingError(f"condition must be an SQL expression, got {part!r:.40}")
        flat += part.parts if isinstance(part, Junction) and part.operator == operator else [part]
    return flat[0] if len(flat) == 1 else Junction(operator, tuple(flat))


def and_(*conditions: Expression) -> Expression:
    """All of the conditions."""
    return join_conditions("AND", conditions)


def or_(*conditions: Expression) -> Expression:
    """At least one of the conditions."""
    return join_conditions("OR", conditions)


def not_(condition: Expression) -> Expression:
    """The opposite of the condition."""
    return Not(condition)
