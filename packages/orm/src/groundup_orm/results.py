"""Turn the rows of a query into what it was asked for: objects, values, or tuples of both.

    query(User)                       [<User>, …]
    query(User.name)                  ["alice", …]
    query(User, func.count(Post.id))  [(<User>, 3), …]      named tuples

Objects come out of the session's identity map: one row is one object, however often it is found.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from groundup_orm.columns import Column
from groundup_orm.dialects import Converter, Dialect
from groundup_orm.errors import MappingError
from groundup_orm.expressions import Expression, Label
from groundup_orm.functions import Function
from groundup_orm.instance import Entity
from groundup_orm.loading import loader_for
from groundup_orm.mapper import Mapper

__all__ = ["Item", "load_rows", "selected_columns"]

Item = Mapper | Expression


class Home(Protocol):
    """The session that objects are loaded into."""

    @property
    def dialect(self) -> Dialect:
        """Of its database."""
        ...

    def identity_of(self, mapper: Mapper, /) -> dict[Any, Entity]:
        """Return the objects of a model by their keys."""
        ...


def selected_columns(items: Sequence[Item]) -> tuple[Expression, ...]:
    """Return the columns to select for these items."""
    columns: list[Expression] = []
    for item in items:
        columns += item.columns.values() if isinstance(item, Mapper) else [item]
    return tuple(columns)


def load_rows(items: Sequence[Item], rows: list[tuple[Any, ...]], home: Home) -> list[Any]:
    """Return a query's results."""
    if len(items) == 1 and isinstance(items[0], Mapper):
        return load_entities(items[0], rows, home)
    parts: list[list[Any]] = []
    start = 0
    for item in items:
        if isinstance(item, Mapper):
            end = start + len(item.columns)
            parts.append(load_entities(item, [row[start:end] for row in rows], home))
        else:
            end = start + 1
            parts.append(load_values(item, [row[start] for row in rows], home.dialect))
        start = end
    if len(parts) == 1:
        return parts[0]
    make = row_class(tuple(map(name_of, items)))
    return [make(*values) for values in zip(*parts, strict=True)]


def load_entities(mapper: Mapper, rows: list[tuple[Any, ...]], home: Home) -> list[Any]:
    """Return objects; None where an outer join found nothing."""
    load = loader_for(mapper, home.dialect)
    number = list(mapper.columns).index(mapper.key_names[0])
    identity = home.identity_of(mapper)
    if all(row[number] is not None for row in rows):
        return load(rows, identity, home)
    return [load([row], identity, home)[0] if row[number] is not None else None for row in rows]


def load_values(item: Expression, values: list[Any], dialect: Dialect) -> list[Any]:
    """Return the values of one expression."""
    convert = converter_for(item, dialect)
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def converter_for(item: Expression, dialect: Dialect) -> Converter | None:
    """Return what makes a driver's value the value that the expression stands for."""
    inner = item.operand if isinstance(item, Label) else item
    if isinstance(inner, Function) and inner.name in {"sum", "avg"}:
        # PostgreSQL counts both in NUMERIC, which arrives as Decimal.
        return int if inner.type is not None and inner.type.kind == "integer" else float
    return dialect.loader(inner.type) if inner.type is not None else None


def name_of(item: Item) -> str:
    """Return how a part of a result row is called."""
    if isinstance(item, Mapper):
        return item.name
    if isinstance(item, Label | Function):
        return item.name
    return item.key if isinstance(item, Column) else "value"


@lru_cache(maxsize=512)
def row_class(names: tuple[str, ...]) -> Callable[..., Any]:
    """Return the class of result rows; names that cannot be attributes become numbers."""
    make: Callable[..., Any] = namedtuple  # noqa: PYI024 - the names come at run time
    made: Callable[..., Any] = make("Row", names, rename=True)
    return made


def make_item(given: Any) -> Item:
    """Return what to select for an argument of ``query``."""
    if isinstance(given, type) and issubclass(given, Entity):
        mapper: Mapper = given.__mapper__
        return mapper
    if isinstance(given, Expression):
        return given
    raise MappingError(f"query takes models and expressions, got {given!r:.40}")
