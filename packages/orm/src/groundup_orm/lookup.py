"""The reading half of a session: run queries, find objects by key, load what is missing.

    user.name      in __dict__                     costs nothing
    user.name      expired: load_missing           SELECT … FROM users WHERE id = 7
    post.author    in the identity map             costs nothing
    post.author    not loaded: load_related        SELECT … FROM users WHERE id IN (7)

What is in memory costs no query.  What is not is loaded once, and only where that can work: not in
a closed session, and not on an event loop.
"""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from groundup_orm.compiler import compile_statement
from groundup_orm.connection import Connection
from groundup_orm.database import Database
from groundup_orm.dialects import Dialect, Outcome
from groundup_orm.eager import load_relationship
from groundup_orm.errors import LazyLoadError, SessionError, StaleDataError, ValidationError
from groundup_orm.expressions import Bind
from groundup_orm.identity import IdentityMap
from groundup_orm.instance import Entity
from groundup_orm.loading import loader_for
from groundup_orm.mapper import Mapper
from groundup_orm.nplusone import LazyLoadCounter
from groundup_orm.statements import Compiled, Delete, Select, Update
from groundup_orm.transaction import Transaction

__all__ = ["Lookup"]


class Lookup:
    """What a session knows of the database.  For one thread at a time."""

    def __init__(self, database: Database, *, warn_after: int) -> None:
        self.database = database
        self.dialect: Dialect = database.dialect
        self.closed = False
        self.awaited = False  # whether an AsyncSession owns it: then loading must not block a loop
        self._transaction = Transaction(database)
        self._identity = IdentityMap()
        self._lazy_loads = LazyLoadCounter(warn_after)
        self._stale = False

    def _check_open(self) -> None:
        if self.closed:
            raise SessionError("session must be open, got a closed one: make a new Session")

    def _start(self) -> None:
        """Before a statement: objects of earlier transactions may be stale now."""
        if self._stale:
            self._stale = False
            self.expire_unchanged()

    @property
    def in_transaction(self) -> bool:
        """Whether the session holds a connection."""
        return self._transaction.connection is not None

    # -- running ---------------------------------------------------------------------------------

    def run(self, compiled: Compiled, *, write: bool = False) -> Outcome:
        """Run a statement that the compiler made."""
        return self.run_text(compiled.text, compiled.parameters, write=write)

    def run_text(self, sql: str, parameters: Sequence[Any], *, write: bool = False) -> Outcome:
        """Run a statement that is text already."""
        if self.closed:
            self._check_open()
        if self._stale:
            self._start()
        return self._transaction.run(sql, parameters, write=write)

    @contextmanager
    def connection(self) -> Generator[Connection]:
        """Lend the connection that sees what the session has written."""
        self._check_open()
        self._start()
        with self._transaction.reading() as connection:
            yield connection

    def write(self, statement: Update | Delete) -> list[tuple[Any, ...]]:
        """Run a statement that changes many rows; return their keys."""
        self.autoflush_now()
        rows = self.run(compile_statement(statement, self.dialect), write=True).rows
        self.note_written()
        return rows

    def autoflush_now(self) -> None:
        """Flush before a query, if the session does that."""

    def note_written(self) -> None:
        """Remember that the transaction has something to commit."""

    def note_json_changes(self) -> None:
        """Find values that were changed from inside, before they are dropped as unchanged."""

    def note_removed(self, entity: Entity) -> None:
        """Remember that an object's row is gone, unless the transaction is rolled back."""

    # -- finding objects -------------------------------------------------------------------------

    def identity_of(self, mapper: Mapper) -> dict[Any, Entity]:
        """Return the objects of a model by their keys."""
        return self._identity.of(mapper)

    def find_loaded(self, mapper: Mapper, key: Any) -> Entity | None:
        """Return the object with this key, if the session has it."""
        return self._identity.of(mapper).get(key)

    def expire_unchanged(self, *mappers: Mapper) -> None:
        """Load the objects of these models, or of all, again when they are read."""
        self.note_json_changes()
        self._identity.expire_unchanged(*mappers)

    def forget_rows(self, mapper: Mapper, keys: Sequence[tuple[Any, ...]]) -> None:
        """Let go of the objects whose rows were deleted."""
        loaders = [self.dialect.loader(column.type) for column in mapper.key]
        identity = self._identity.of(mapper)
        for row in keys:
            values = [load(v) if load else v for load, v in zip(loaders, row, strict=True)]
            entity = identity.get(values[0] if len(values) == 1 else tuple(values))
            if entity is not None:
                self.note_removed(entity)

    def find_by_key(self, mapper: Mapper, key: Any) -> Entity | None:
        """Return the object with this key; ask the database if the session does not have it."""
        values = check_key(mapper, key)
        identity = self._identity.of(mapper)
        found = identity.get(values[0] if len(values) == 1 else values)
        if found is not None:
            if found.__deleted__:
                return None
            if not found.__expired__ and not self._stale:
                return found
        self.prepare(mapper)
        rows = self._select_by_key(mapper, values)
        loaded = loader_for(mapper, self.dialect)(rows, identity, self) if rows else None
        return loaded[0] if loaded else None

    def prepare(self, mapper: Mapper) -> None:
        """Make a model's tables, if the database does that."""

    def _select_by_key(self, mapper: Mapper, key: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        cached = mapper.cache.get(("get", self.dialect.name))
        if cached is None:
            where = tuple(column == Bind(None) for column in mapper.key)
            select = Select(tuple(mapper.columns.values()), mapper.table, where=where)
            binders = [self.dialect.binder(column.type) for column in mapper.key]
            text = compile_statement(select, self.dialect).text
            cached = mapper.cache["get", self.dialect.name] = (text, binders)
        text, binders = cached
        bound = [bind(v) if bind else v for bind, v in zip(binders, key, strict=True)]
        return self.run_text(text, bound).rows

    # -- loading what is missing -------------------------------------------------------------------

    def reload(self, entity: Entity) -> None:
        """Load the values that an object does not have.

        Raises:
            StaleDataError: Its row is gone.
        """
        mapper: Mapper = entity.__mapper__
        key = tuple(entity.__dict__[name] for name in mapper.key_names)
        rows = self._select_by_key(mapper, key)
        if not rows:
            raise StaleDataError(f"row must exist, got none for {entity!r}: somebody deleted it")
        entity.__expired__ = True
        loader_for(mapper, self.dialect)(rows, self._identity.of(mapper), self)

    def load_missing(self, entity: Entity, name: str) -> Any:
        """Return the value of a column that is not loaded."""
        self._check_loading(entity, name)
        self.reload(entity)
        return entity.__dict__[name]

    def load_related(self, entity: Entity, name: str) -> Any:
        """Return the objects of a relationship that is not loaded."""
        self._check_loading(entity, name)
        self.autoflush_now()
        relationship = entity.__mapper__.relationships[name]
        wiring = relationship.wiring
        if wiring.direction == "many to one":
            key = tuple(getattr(entity, part) for part in wiring.reference.key)
            if None in key:
                return relationship.fill(entity, [])
            if wiring.targets_key:
                found = self.find_loaded(wiring.target, key[0] if len(key) == 1 else key)
                if found is not None and not found.__deleted__:
                    return relationship.fill(entity, [found])
        self.prepare(wiring.target)
        load_relationship(self, relationship, [entity])
        self._lazy_loads.note(str(relationship))
        return entity.__dict__[name]

    def _check_loading(self, entity: Entity, name: str) -> None:
        """Refuse to load where it cannot work, with the way out."""
        what = f"{entity.__mapper__.name}.{name}"
        if self.closed:
            raise LazyLoadError(f"{what} must be loaded before its session is closed")
        if not self._identity.holds(entity):
            raise LazyLoadError(f"{what} must be loaded before its object is deleted or forgotten")
        if self.awaited and loop_runs_here():
            raise LazyLoadError(
                f"{what} must be loaded before it is read on the event loop: "
                f"include() it in the query, or await session.refresh(object)"
            )


def loop_runs_here() -> bool:
    """Whether this thread runs an event loop now."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def check_key(mapper: Mapper, key: Any) -> tuple[Any, ...]:
    """Return a key as the values of its columns, checked."""
    if len(mapper.key) == 1:
        try:
            return (mapper.key[0].type.convert(key),)
        except ValidationError as error:
            raise ValidationError(f"key of {mapper.name} {error}") from None
    composite = type(key) is tuple
    values = cast("tuple[Any, ...]", key if composite else (key,))
    if len(values) != len(mapper.key):
        raise ValidationError(
            f"key of {mapper.name} must have {len(mapper.key)} values: {key!r:.40}"
        )
    try:
        return tuple(c.type.convert(v) for c, v in zip(mapper.key, values, strict=True))
    except ValidationError as error:
        raise ValidationError(f"key of {mapper.name} {error}") from None
