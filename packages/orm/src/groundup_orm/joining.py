"""Find the condition of a join."""

from typing import Any, Literal

from groundup_orm.columns import Column
from groundup_orm.errors import MappingError
from groundup_orm.expressions import Expression, Label, and_
from groundup_orm.functions import Function
from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper
from groundup_orm.relationship import Relationship
from groundup_orm.results import Item
from groundup_orm.statements import Join, Select

__all__ = ["join_to", "single_source"]


def single_source(items: tuple[Item, ...]) -> str | None:
    """Return the table that a query starts from: that of the first item which has one."""
    for item in items:
        table = item.table if isinstance(item, Mapper) else table_of(item)
        if table is not None:
            return table
    return None


def table_of(expression: Expression) -> str | None:
    """Return the table of a column, or of the first one inside a function."""
    if isinstance(expression, Column):
        return expression.table
    if isinstance(expression, Label):
        return table_of(expression.operand)
    if isinstance(expression, Function):
        tables = (table_of(argument) for argument in expression.arguments)
        return next((table for table in tables if table is not None), None)
    return None


def join_to(
    select: Select,
    target: Any,
    on: Expression | None,
    *,
    outer: bool,
) -> tuple[tuple[Join, ...], Mapper]:
    """Return the joins that bring a relationship or a model into a query."""
    if isinstance(target, Relationship):
        joins, mapper = target.wiring.joins(), target.wiring.target
        if on is not None:
            last = joins[-1]
            joins = (*joins[:-1], Join(last.table, and_(last.condition, on)))
    elif isinstance(target, type) and issubclass(target, Entity):
        mapper = target.__mapper__
        joins = (Join(mapper.table, on if on is not None else find_condition(select, mapper)),)
    else:
        raise MappingError(f"join takes a relationship or a model, got {target!r:.40}")
    present = {select.table, *(join.table for join in select.joins)}
    for join in joins:
        if join.table in present:
            raise MappingError(f"table {join.table!r} is in the query already")
    kind: Literal["JOIN", "LEFT JOIN"] = "LEFT JOIN" if outer else "JOIN"
    return tuple(Join(join.table, join.condition, kind) for join in joins), mapper


def find_condition(select: Select, mapper: Mapper) -> Expression:
    """Return the one foreign key between a model and the tables of a query, as a condition."""
    tables = {select.table, *(join.table for join in select.joins)}
    found: list[Expression] = []
    for other in mapper.registry:
        if (
            other.table not in tables
            or mapper.registry.find_table(other.table, near=mapper) != other
        ):
            continue
        for source, target in ((mapper, other), (other, mapper)):
            found += [
                and_(
                    *(
                        c == target.column_named(n)
                        for c, n in zip(r.columns, r.targets, strict=True)
                    )
                )
                for r in source.references
                if r.table == target.table
            ]
    if len(found) != 1:
        what = "no" if not found else "more than one"
        raise MappingError(f"join of {mapper.name} needs a condition: there is {what} foreign key")
    return found[0]
