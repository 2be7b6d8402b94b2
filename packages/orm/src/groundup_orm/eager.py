"""Load the related objects of many objects with one query, instead of one query each.

    SELECT … FROM posts WHERE posts.author_id IN (1, 2, 3, …)

One query for each relationship and 500 objects: rows are not multiplied as by joins, and the
statement is the same for any page of the same size.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from groundup_orm.columns import Column
from groundup_orm.compiler import compile_statement
from groundup_orm.errors import MappingError
from groundup_orm.expressions import Expression, Order, and_, or_
from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper
from groundup_orm.relationship import Relationship
from groundup_orm.results import load_entities, load_values
from groundup_orm.statements import Join, Select

if TYPE_CHECKING:
    from groundup_orm.lookup import Lookup

__all__ = ["load_included", "load_relationship"]

BATCH = 500  # SQLite takes 999 parameters in its oldest builds, and keys may have two columns


def load_included(
    session: "Lookup",
    root: Mapper,
    entities: Sequence[Entity],
    relationships: Sequence[Relationship],
) -> None:
    """Load relationships of the results, and of what those led to."""
    known: dict[Mapper, list[Entity]] = {root: list(entities)}
    for relationship in relationships:
        if relationship.mapper not in known:
            raise MappingError(f"include({relationship}) needs what leads to it included before")
        found = load_relationship(session, relationship, known[relationship.mapper])
        known.setdefault(relationship.wiring.target, []).extend(found)


def load_relationship(
    session: "Lookup", relationship: Relationship, entities: Sequence[Entity]
) -> list[Entity]:
    """Load one relationship of these objects where it is missing; return all related objects."""
    unique = {id(entity): entity for entity in entities}.values()
    missing = [entity for entity in unique if relationship.key not in entity.__dict__]
    names = tuple(column.key for column in relationship.wiring.local)
    keyed = [(tuple(getattr(entity, name) for name in names), entity) for entity in missing]
    wanted = list(dict.fromkeys(key for key, _ in keyed if None not in key))
    found: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for start in range(0, len(wanted), BATCH):
        for key, target in fetch(session, relationship, wanted[start : start + BATCH]):
            found[key].append(target)
    for key, entity in keyed:
        relationship.fill(entity, found[key])
    related = (entity.__dict__[relationship.key] for entity in unique)
    many = relationship.wiring.many
    return [
        target for value in related if value is not None for target in (value if many else [value])
    ]


def fetch(
    session: "Lookup", relationship: Relationship, keys: list[tuple[Any, ...]]
) -> list[tuple[tuple[Any, ...], Entity]]:
    """Return the related objects, each with the key of the object that it belongs to."""
    wiring = relationship.wiring
    if wiring.secondary is None:
        columns, joins = wiring.remote, list[Join]()
    else:
        columns = wiring.near
        joins = [Join(wiring.secondary.table, wiring.joins()[1].condition)]
    select = Select(
        (*columns, *wiring.target.columns.values()),
        wiring.target.table,
        tuple(joins),
        (match_keys(columns, keys),),
        order_by=sorting(relationship),
    )
    rows = session.run(compile_statement(select, session.dialect)).rows
    width = len(columns)
    owners = [
        load_values(column, [row[number] for row in rows], session.dialect)
        for number, column in enumerate(columns)
    ]
    targets = load_entities(wiring.target, [row[width:] for row in rows], session)
    return list(zip(zip(*owners, strict=True), targets, strict=True))


def match_keys(columns: tuple[Column[Any], ...], keys: list[tuple[Any, ...]]) -> Expression:
    """Return the condition that the columns hold one of these keys."""
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return or_(*(and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys))


def sorting(relationship: Relationship) -> tuple[Order, ...]:
    """Return the order of a list: what the relationship says, else the order of the keys."""
    target, name = relationship.wiring.target, relationship.order_by
    if name is None:
        return tuple(Order(column) for column in target.key)
    column = target.columns.get(name.removeprefix("-"))
    if column is None:
        raise MappingError(f"{relationship} is ordered by {target.name}.{name}, which is no column")
    return (Order(column, descending=name.startswith("-")), *map(Order, target.key))
