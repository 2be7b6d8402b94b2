"""Write what a session has collected, in an order that the database accepts.

    1  collect     objects that added ones lead to; objects that deletes take along
    2  insert      parents before children: their keys are known when children need them
    3  update      only the columns that changed, and only if nobody else was faster
    4  pairs       rows of association tables
    5  delete      children before parents

Rows of one table that have the same columns go in one batch.  A reference in a circle is inserted
as NULL and set by an update, if it may be NULL.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from groundup_orm.columns import Column
from groundup_orm.compiler import compile_statement
from groundup_orm.errors import StaleDataError
from groundup_orm.expressions import Bind
from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper
from groundup_orm.rowvalues import (
    apply_links,
    finish_insert,
    finish_update,
    identifying,
    insert_values,
    row_identity,
    update_values,
)
from groundup_orm.schema import sort_tables
from groundup_orm.statements import Delete, Insert, Update

if TYPE_CHECKING:
    from groundup_orm.saving import Saving

__all__ = ["UnitOfWork", "group_by_model"]

Values = dict[str, Any]


class UnitOfWork:
    """One flush of one session."""

    def __init__(
        self,
        session: "Saving",
        new: Sequence[Entity],
        changed: Sequence[Entity],
        deleted: Sequence[Entity],
    ) -> None:
        self.session = session
        self.dialect = session.dialect
        self.new = new
        self.changed = changed
        self.deleted = deleted
        entities = (*new, *changed, *deleted)
        mappers = dict.fromkeys(entity.__mapper__ for entity in entities)
        self.order: list[Mapper] = sort_tables(mappers)[0] if len(mappers) > 1 else list(mappers)

    def run(self) -> None:
        """Write everything."""
        groups = group_by_model(self.new)
        for mapper in self.order:
            self._insert(mapper, groups[mapper])
        later = [entity for entity in self.new if entity.__links__]
        groups = group_by_model([*self.changed, *later])
        for mapper in self.order:
            self._update(mapper, groups[mapper])
        for entity in (*self.new, *self.changed):
            if entity.__pairs__:
                self._write_pairs(entity)
        groups = group_by_model(self.deleted)
        for mapper in reversed(self.order):
            self._delete(mapper, groups[mapper])

    # -- insert ----------------------------------------------------------------------------------

    def _insert(self, mapper: Mapper, entities: list[Entity]) -> None:
        batches: defaultdict[tuple[str, ...], list[tuple[Entity, Values]]] = defaultdict(list)
        recursive = refers_to_itself(mapper)
        for entity in parents_first(mapper, entities, linked_parents) if recursive else entities:
            if recursive and linked_parents(entity):
                self._insert_batches(mapper, batches)  # a row of the same table that it refers to
            values = insert_values(mapper, entity)
            batches[tuple(values)].append((entity, values))
        self._insert_batches(mapper, batches)

    def _insert_batches(
        self, mapper: Mapper, batches: dict[tuple[str, ...], list[tuple[Entity, Values]]]
    ) -> None:
        for names, batch in batches.items():
            self._insert_batch(mapper, names, batch)
        batches.clear()

    def _insert_batch(
        self, mapper: Mapper, names: tuple[str, ...], batch: list[tuple[Entity, Values]]
    ) -> None:
        generated = mapper.generated_key
        returning = generated is not None and generated.key not in names
        columns = [mapper.columns[name] for name in names]
        rows = self._bind_all(columns, (values.values() for _, values in batch))
        statement = Insert(
            mapper.table,
            tuple(column.column_name for column in columns),
            generated.column_name if generated is not None and returning else None,
        )
        sql = self._sql(
            ("insert", names), mapper, lambda: compile_statement(statement, self.dialect).text
        )
        keys = self.session.holding().insert(sql, rows, returning=returning)
        for number, (entity, values) in enumerate(batch):
            if generated is not None and returning:
                entity.__dict__[generated.key] = keys[number]
            finish_insert(mapper, entity, values)
        self.session.note_inserted((entity for entity, _ in batch), generated=returning)

    def _sql(self, purpose: tuple[Any, ...], mapper: Mapper, make: Callable[[], str]) -> str:
        key = (*purpose, self.dialect.name)
        found = mapper.cache.get(key)
        if found is None:
            found = mapper.cache[key] = make()
        text: str = found
        return text

    def _bind(self, columns: Sequence[Column[Any]], values: Iterable[Any]) -> list[Any]:
        """Return the values of one row as the driver takes them."""
        return self._bind_all(columns, [values])[0]

    def _bind_all(
        self, columns: Sequence[Column[Any]], rows: Iterable[Iterable[Any]]
    ) -> list[list[Any]]:
        """Return rows of values as the driver takes them."""
        binders = [self.dialect.binder(column.type) for column in columns]
        if not any(binders):
            return [list(row) for row in rows]
        return [
            [
                value if bind is None or value is None else bind(value)
                for bind, value in zip(binders, row, strict=True)
            ]
            for row in rows
        ]

    # -- update ----------------------------------------------------------------------------------

    def _update(self, mapper: Mapper, entities: list[Entity]) -> None:
        batches: defaultdict[tuple[str, ...], list[tuple[Entity, Values]]] = defaultdict(list)
        for entity in {id(entity): entity for entity in entities}.values():
            apply_links(entity)
            values = update_values(mapper, entity)
            if values:
                batches[tuple(values)].append((entity, values))
        for names, batch in batches.items():
            # In the order of their keys, so that two sessions cannot wait for each other.
            batch.sort(key=lambda pair: repr(mapper.key_of(pair[0])))
            self._update_batch(mapper, names, batch)

    def _update_batch(
        self, mapper: Mapper, names: tuple[str, ...], batch: list[tuple[Entity, Values]]
    ) -> None:
        columns = [mapper.columns[name] for name in names]
        statement = Update(
            mapper.table,
            tuple((column, Bind(None)) for column in columns),
            tuple(column == Bind(None) for column in identifying(mapper)),
        )
        sql = self._sql(
            ("update", names), mapper, lambda: compile_statement(statement, self.dialect).text
        )
        every = [*columns, *identifying(mapper)]
        rows = self._bind_all(
            every, ([*values.values(), *row_identity(mapper, e)] for e, values in batch)
        )
        self._expect(mapper, "update", len(rows), self.session.holding().run_many(sql, rows))
        for entity, values in batch:
            finish_update(mapper, entity, values)

    def _expect(self, mapper: Mapper, what: str, wanted: int, got: int) -> None:
        if got != wanted:
            raise StaleDataError(
                f"{what} of {mapper.name} must find {wanted} rows, found {got}: "
                "somebody else changed or deleted them"
            )

    # -- association tables ----------------------------------------------------------------------

    def _write_pairs(self, entity: Entity) -> None:
        for (name, _), (target, present) in (entity.__pairs__ or {}).items():
            wiring = entity.__mapper__.relationships[name].wiring
            gone = target.__deleted__ or target.__session__ is not self.session
            if wiring.secondary is None or gone:
                continue
            columns = (*wiring.near, *wiring.far)
            values = [entity.__dict__[column.key] for column in wiring.local]
            values += [target.__dict__[column.key] for column in wiring.remote]
            connection = self.session.holding()
            row = self._bind(columns, values)
            if present:
                insert = Insert(wiring.secondary.table, tuple(c.column_name for c in columns))
                sql = compile_statement(insert, self.dialect).text
                connection.insert(sql, [row], returning=False)
            else:
                where = tuple(column == Bind(None) for column in columns)
                delete = Delete(wiring.secondary.table, where)
                connection.run(compile_statement(delete, self.dialect).text, row)
        entity.__dict__.pop("__pairs__", None)

    # -- delete ----------------------------------------------------------------------------------

    def _delete(self, mapper: Mapper, entities: list[Entity]) -> None:
        if not entities:
            return
        for entity in entities:
            self._delete_pairs(mapper, entity)
        by_key = {mapper.key_of(entity): entity for entity in entities}
        ordered = parents_first(mapper, entities, lambda entity: stored_parents(entity, by_key))
        where = tuple(column == Bind(None) for column in identifying(mapper))
        sql = compile_statement(Delete(mapper.table, where), self.dialect).text
        columns = identifying(mapper)
        rows = [self._bind(columns, row_identity(mapper, entity)) for entity in reversed(ordered)]
        self._expect(mapper, "delete", len(rows), self.session.holding().run_many(sql, rows))

    def _delete_pairs(self, mapper: Mapper, entity: Entity) -> None:
        """Remove the rows of association tables that name an object."""
        for relationship in mapper.relationships.values():
            wiring = relationship.wiring
            if wiring.secondary is None:
                continue
            values = [getattr(entity, column.key) for column in wiring.local]
            where = tuple(column == Bind(None) for column in wiring.near)
            delete = compile_statement(Delete(wiring.secondary.table, where), self.dialect)
            self.session.holding().run(delete.text, self._bind(wiring.near, values))


def group_by_model(entities: Iterable[Entity]) -> defaultdict[Mapper, list[Entity]]:
    """Return objects by their models."""
    groups: defaultdict[Mapper, list[Entity]] = defaultdict(list)
    for entity in entities:
        mapper: Mapper = entity.__mapper__
        groups[mapper].append(entity)
    return groups


def refers_to_itself(mapper: Mapper) -> bool:
    """Whether rows of a table may refer to others of it."""
    return any(reference.table == mapper.table for reference in mapper.references)


def parents_first(
    mapper: Mapper, entities: list[Entity], parents: Callable[[Entity], Iterable[Entity]]
) -> list[Entity]:
    """Return objects of one model so that those which others refer to come first."""
    if not refers_to_itself(mapper):
        return entities
    inside = {id(entity) for entity in entities}
    done: dict[int, Entity] = {}
    started: set[int] = set()
    stack = list(reversed(entities))
    while stack:
        entity = stack[-1]
        waiting = [p for p in parents(entity) if id(p) in inside and id(p) not in started]
        if id(entity) not in started and waiting:
            started.add(id(entity))
            stack += waiting
            continue
        started.add(id(entity))
        done.setdefault(id(entity), stack.pop())
    return list(done.values())


def linked_parents(entity: Entity) -> list[Entity]:
    """Return the objects of the same model that a new object refers to."""
    links = entity.__links__ or {}
    return [p for p in links.values() if p is not None and type(p) is type(entity)]


def stored_parents(entity: Entity, by_key: dict[Any, Entity]) -> list[Entity]:
    """Return those of the objects that a stored object of the same model refers to."""
    mapper: Mapper = entity.__mapper__
    found: list[Entity] = []
    for reference in mapper.references:
        if reference.table == mapper.table:
            values = tuple(getattr(entity, name) for name in reference.key)
            parent = by_key.get(values[0] if len(values) == 1 else values)
            found += [parent] if parent is not None else []
    return found
