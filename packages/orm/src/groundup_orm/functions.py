"""Functions of the database, called by their names: ``func.lower(User.name)``.

    func.count()                    count(*)
    func.count(Post.author_id)      count("posts"."author_id")
    func.coalesce(User.name, "?")   coalesce("users"."name", ?)

The name is written into the SQL as it is, so it must be a plain identifier; arguments are
expressions or parameters like everywhere.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundup_orm.expressions import Expression, as_expression
from groundup_orm.types import ColumnType, Float, Integer

__all__ = ["Function", "func"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, eq=False)
class Function(Expression):
    """A call of an SQL function; without arguments ``count`` counts rows."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False

    @property
    def type(self) -> ColumnType[Any] | None:
        """What the function is known to return."""
        if self.name in {"count", "length"}:
            return Integer()
        if self.name == "avg":
            return Float()
        return self.arguments[0].type if self.arguments else None


class FunctionFactory:
    """``func.lower(User.name)``: any function of the database, by its name."""

    def __getattr__(self, name: str) -> Callable[..., Function]:
        if not NAME.fullmatch(name) or name.startswith("__"):
            raise AttributeError(f"function name must be a plain identifier, got {name[:40]!r}")

        def call(*arguments: object, distinct: bool = False) -> Function:
            return Function(name.lower(), tuple(map(as_expression, arguments)), distinct)

        return call


func = FunctionFactory()
