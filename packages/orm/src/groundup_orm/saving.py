"""The writing half of a session: collect what changes, send it, keep it or undo it.

    add, delete, user.email = …    collected
    flush()                        sent, inside the transaction
    savepoint()                    what a block sends is undone alone
    commit(), rollback()           kept, undone

After a failed flush nothing is accepted before a rollback, so half of the work is never kept.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Self

from groundup_orm.cascades import hide_from_others, is_alone, leave_others, reachable
from groundup_orm.connection import Connection
from groundup_orm.database import Database
from groundup_orm.errors import SessionError
from groundup_orm.flushing import Flush, Frame
from groundup_orm.identity import expire, has_changes, make_transient
from groundup_orm.instance import Entity
from groundup_orm.lookup import Lookup
from groundup_orm.mapper import Mapper
from groundup_orm.relationship import Relationship

__all__ = ["Saving"]


class Saving(Lookup):
    """A session that writes.  For one thread at a time."""

    def __init__(self, database: Database, *, autoflush: bool, warn_after: int) -> None:
        super().__init__(database, warn_after=warn_after)
        self.autoflush = autoflush
        self._flush = Flush(self, self._identity)
        self._frames = [Frame()]
        self._in_begin = False

    # -- objects ---------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Save an object, and the new ones that it leads to, at the next flush.

        Raises:
            SessionError: The object belongs to another session, or to a row that is gone.
        """
        self._check_open()
        if is_alone(entity):
            self._add_one(entity)
            return
        for found in reachable(entity):
            self._add_one(found)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """Save several objects."""
        for entity in entities:
            self.add(entity)

    def _add_one(self, entity: Entity) -> None:
        owner = entity.__session__
        if owner is self:
            if entity.__deleted__:
                raise SessionError(f"object must not be deleted, got {entity!r}")
            return
        if owner is None:
            if entity.__expired__:
                raise SessionError(f"object must have its values to be saved again: {entity!r}")
            entity.__session__ = self
            entity.__pending__ = True
            self._flush.new[id(entity)] = entity
            return
        if not owner.closed:
            raise SessionError(f"object must not belong to another session, got {entity!r}")
        known = self._identity.of(entity.__mapper__).get(entity.__mapper__.key_of(entity))
        if known is not None:
            raise SessionError(f"session must not have its row already, got {entity!r}")
        entity.__session__ = self
        self._identity.add(entity)
        if has_changes(entity):
            self.note_change(entity)

    def delete(self, entity: Entity) -> None:
        """Delete an object's row at the next flush; ``cascade`` of its relationships applies.

        Raises:
            SessionError: The object is not of this session.
        """
        self._check_open()
        if entity.__session__ is not self:
            raise SessionError(f"object must belong to this session, got {entity!r}")
        if entity.__pending__:
            self._flush.forget(entity)
            make_transient(entity)
            leave_others(self, entity)
        else:
            entity.__deleted__ = True
            self._flush.deleted[id(entity)] = entity
            hide_from_others(entity)

    def refresh(self, entity: Entity) -> None:
        """Load an object again now; what was written to it and not flushed is dropped.

        Raises:
            StaleDataError: Its row is gone.
        """
        self._check_mine(entity)
        self._flush.changed.pop(id(entity), None)
        expire(entity)
        self.reload(entity)

    def expire(self, entity: Entity) -> None:
        """Load an object again when it is read next."""
        self._check_mine(entity)
        self._flush.changed.pop(id(entity), None)
        expire(entity)

    def _check_mine(self, entity: Entity) -> None:
        self._check_open()
        if entity.__session__ is not self or entity.__pending__:
            raise SessionError(f"object must be a row of this session, got {entity!r}")

    def clear(self) -> None:
        """Forget all objects, and what was not flushed; for long loops over many rows."""
        for entity in (*self._identity, *self._flush.new.values()):
            make_transient(entity)
        self._flush.clear()
        self._identity.clear()

    def __contains__(self, entity: Entity) -> bool:
        return entity.__session__ is self and (entity.__pending__ or self._identity.holds(entity))

    # -- transactions ----------------------------------------------------------------------------

    def flush(self) -> None:
        """Send what is waiting to the database, inside the transaction.

        Raises:
            ValidationError: A value does not fit its column.
            IntegrityError: A constraint refused a row.
            StaleDataError: Somebody else has changed or deleted a row.
        """
        self._send(final=True)

    def _send(self, *, final: bool) -> None:
        self._check_open()
        self._transaction.check()
        self._start()
        with self._failing():
            self._flush.run(self._frames[-1], final=final)

    def autoflush_now(self) -> None:
        """Flush before a query, if the session does that."""
        self._check_open()
        if self.autoflush and self._flush.waiting:
            self._send(final=False)

    def commit(self) -> None:
        """Flush, and keep all that was done since the last commit.

        If it fails, nothing is kept, and the session is as after ``rollback()``.
        """
        self._check_open()
        if self._transaction.depth:
            raise SessionError("commit must be outside of savepoints: leave their blocks first")
        self._transaction.check()
        try:
            self.flush()
            self._transaction.commit()
        except BaseException:
            self.rollback()
            raise
        for entity in self._frames[0].removed:
            make_transient(entity)
        self._frames = [Frame()]
        self._stale = True

    def rollback(self) -> None:
        """Undo all that was done since the last commit; new objects are new again."""
        self._check_open()
        self._transaction.rollback()
        frames, self._frames = self._frames, [Frame()]
        for frame in reversed(frames):
            frame.undo(self._identity)
        self._flush.abandon()
        self._identity.expire_all()
        self._stale = False

    @contextmanager
    def begin(self) -> Generator[Self]:
        """Commit at the end of a block, roll back on an exception."""
        if self._in_begin:
            raise SessionError("begin must not be inside begin: use savepoint()")
        self._in_begin = True
        try:
            yield self
            self.commit()
        except BaseException:
            if not self.closed:
                self.rollback()
            raise
        finally:
            self._in_begin = False

    @contextmanager
    def savepoint(self) -> Generator[Self]:
        """Keep what a block does only if it ends well; an exception undoes the block alone."""
        self.flush()
        self._start()
        name = self._transaction.savepoint()
        self._frames.append(Frame())
        try:
            yield self
            self.flush()
        except BaseException:
            self._rollback_to(name)
            raise
        self._transaction.release(name)
        frame = self._frames.pop()
        self._frames[-1].extend(frame)

    def _rollback_to(self, name: str) -> None:
        if not self._transaction.depth:  # rolled back, or closed, inside the block
            return
        self._transaction.rollback_to(name)
        self._frames.pop().undo(self._identity)
        self._flush.abandon()
        self._identity.expire_all()

    @contextmanager
    def _failing(self) -> Generator[None]:
        """Note an error: after it, the transaction can only be rolled back."""
        try:
            yield
        except BaseException as error:
            self._transaction.fail(error)
            raise

    def interrupt(self) -> None:
        """Stop what another thread is running in this session's transaction."""
        self._transaction.interrupt()

    def holding(self) -> Connection:
        """Return the connection of the session's transaction; open one if there is none."""
        self._start()
        return self._transaction.hold()

    # -- what objects and queries tell the session -------------------------------------------------

    def note_change(self, entity: Entity) -> None:
        """Remember that an object has something to write."""
        if not entity.__pending__:
            self._flush.changed[id(entity)] = entity

    def note_orphan(self, entity: Entity, relationship: Relationship) -> None:
        """Remember that an object was taken out of a list that owns its members."""
        self._flush.orphans.append((entity, relationship))

    def note_inserted(self, entities: Iterable[Entity], *, generated: bool) -> None:
        """Remember that objects are rows now."""
        self._flush.note_inserted(entities, generated=generated)

    def note_json_changes(self) -> None:
        """Find values that were changed from inside."""
        self._flush.note_json_changes()

    def note_removed(self, entity: Entity) -> None:
        """Remember that an object's row is gone, unless the transaction is rolled back."""
        self._frames[-1].remove(entity, self._identity)

    def note_written(self) -> None:
        """Remember that the transaction has something to commit."""
        self._frames[-1].wrote = True

    def adopt(self, entity: Entity) -> None:
        """Take in an object that was put into a relationship of one of ours."""
        if entity.__session__ is not self:
            self.add(entity)

    def prepare(self, mapper: Mapper) -> None:
        """Make a model's tables, if the database does that."""
        if self.database.create_on_use:
            self.database.prepare(mapper, self._transaction.connection)
