"""The statements that the compiler turns into text, as plain data.

A query builds one ``Select`` by replacing fields, so any query can be kept, shared and refined.
"""

from dataclasses import dataclass
from typing import Any, Literal

from groundup_orm.columns import Column
from groundup_orm.expressions import Expression

__all__ = ["Compiled", "Delete", "Insert", "Join", "Select", "Update"]


@dataclass(frozen=True, eq=False)
class Join:
    """One more table, and the condition that ties it to those before."""

    table: str
    condition: Expression
    kind: Literal["JOIN", "LEFT JOIN"] = "JOIN"


@dataclass(frozen=True, eq=False)
class Select:
    """A SELECT."""

    columns: tuple[Expression, ...]
    table: "str | Select | None"
    joins: tuple[Join, ...] = ()
    where: tuple[Expression, ...] = ()
    group_by: tuple[Expression, ...] = ()
    having: tuple[Expression, ...] = ()
    order_by: tuple[Expression, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    for_update: bool = False


@dataclass(frozen=True, eq=False)
class Insert:
    """An INSERT of one row of parameters, given in the order of the columns."""

    table: str
    columns: tuple[str, ...]
    returning: str | None = None


@dataclass(frozen=True, eq=False)
class Update:
    """An UPDATE of the rows that fulfil the conditions."""

    table: str
    values: tuple[tuple[Column[Any], Expression], ...]
    where: tuple[Expression, ...] = ()
    returning: tuple[Column[Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Delete:
    """A DELETE of the rows that fulfil the conditions."""

    table: str
    where: tuple[Expression, ...] = ()
    returning: tuple[Column[Any], ...] = ()


@dataclass(frozen=True)
class Compiled:
    """The text of a statement, and its parameters in order."""

    text: str
    parameters: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.text
