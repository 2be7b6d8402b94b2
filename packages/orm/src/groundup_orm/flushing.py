"""What a session has collected to write, and what can be undone of what it wrote.

    new, changed, deleted, orphans  ──flush──►  rows, and a Frame that remembers which are ours
                                                   rollback ──► new objects are new again

A flush that fails half-way is undone by the rollback that must follow; until then the links that
new objects have lost to it are kept here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundup_orm.cascades import cascade_deletes, hide_pairs, is_orphan
from groundup_orm.identity import IdentityMap, has_changes, make_transient
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.relationship import Relationship
from groundup_orm.rowvalues import changed_json
from groundup_orm.unitofwork import UnitOfWork

if TYPE_CHECKING:
    from groundup_orm.saving import Saving

__all__ = ["Flush", "Frame"]

NOTHING: tuple[dict[Any, Any], dict[Any, Any]] = ({}, {})


@dataclass(slots=True)
class Insertion:
    """An object that became a row, and what only it knew before."""

    entity: Entity
    generated: bool
    links: dict[Any, Any]
    pairs: dict[Any, Any]

    def undo(self) -> None:
        """Let the object be new again, without the key that the database gave it."""
        values, mapper = self.entity.__dict__, self.entity.__mapper__
        make_transient(self.entity)
        if self.generated:
            values.pop(mapper.generated_key.key, None)
        restore(self.entity, self.links, self.pairs)


@dataclass
class Frame:
    """What was written since the transaction, or a savepoint, began."""

    inserted: list[Insertion] = field(default_factory=list[Insertion])
    removed: list[Entity] = field(default_factory=list[Entity])
    wrote: bool = False

    def remove(self, entity: Entity, identity: IdentityMap) -> None:
        """Note that an object's row was deleted."""
        identity.remove(entity)
        entity.__deleted__ = True
        self.removed.append(entity)

    def extend(self, other: "Frame") -> None:
        """Take over what an inner frame has kept."""
        self.inserted += other.inserted
        self.removed += other.removed
        self.wrote = self.wrote or other.wrote

    def undo(self, identity: IdentityMap) -> None:
        """Bring the objects back to what they were before."""
        for entity in self.removed:
            entity.__dict__.pop("__deleted__", None)
            identity.add(entity)
        for insertion in reversed(self.inserted):
            identity.remove(insertion.entity)
            insertion.undo()


class Flush:
    """The waiting changes of one session.  For one thread at a time."""

    def __init__(self, session: "Saving", identity: IdentityMap) -> None:
        self._session = session
        self._identity = identity
        self.new: dict[int, Entity] = {}
        self.changed: dict[int, Entity] = {}
        self.deleted: dict[int, Entity] = {}
        self.orphans: list[tuple[Entity, Relationship]] = []
        self._running = False
        self._before: dict[int, tuple[dict[Any, Any], dict[Any, Any]]] = {}
        self._frame = Frame()

    @property
    def waiting(self) -> bool:
        """Whether there is anything to write, as far as objects have told."""
        return bool(self.new or self.changed or self.deleted or self.orphans)

    def forget(self, entity: Entity) -> None:
        """Do not insert an object after all."""
        self.new.pop(id(entity), None)

    def clear(self) -> None:
        """Have nothing to write any more."""
        for collection in (self.new, self.changed, self.deleted):
            collection.clear()
        self.orphans.clear()

    def abandon(self) -> None:
        """Give up what is waiting: new objects leave the session, deleted ones stay."""
        for entity in self.new.values():
            make_transient(entity)
        for entity in self.deleted.values():
            entity.__dict__.pop("__deleted__", None)
        self.clear()

    def run(self, frame: Frame, *, final: bool) -> None:
        """Write everything.

        Args:
            frame: Where to note it.
            final: Whether an object without a place is an orphan.  Before a mere query it is not:
                it may be on its way from one list to another.
        """
        if self._running:
            return
        self.note_json_changes()
        if not self.waiting:
            return
        self._running, self._frame = True, frame
        try:
            self._write(final=final)
        except BaseException:
            for entity in self.new.values():
                if id(entity) in self._before:
                    restore(entity, *self._before[id(entity)])
            raise
        finally:
            self._running = False
            self._before.clear()

    def note_json_changes(self) -> None:
        """Find the objects with JSON that was changed from inside."""
        for entity in self._identity.with_json():
            for name in changed_json(entity.__mapper__, entity):
                entity.__dict__.setdefault("__original__", {}).setdefault(name, ABSENT)
                self.changed[id(entity)] = entity

    def _write(self, *, final: bool) -> None:
        session = self._session
        homeless = self._find_orphans()
        if final:
            self.orphans.clear()
            for child in homeless.values():
                session.delete(child)
            homeless.clear()
        named = list(self.deleted.values())
        unwritten = [*self.new.values(), *self.changed.values()]
        for entity in cascade_deletes(session, named, unwritten):
            entity.__deleted__ = False
            session.delete(entity)
        new = [entity for entity in self.new.values() if id(entity) not in homeless]
        deleted = list(self.deleted.values())
        changed = [
            e
            for e in self.changed.values()
            if not e.__deleted__ and e.__session__ is session and id(e) not in homeless
        ]
        for mapper in dict.fromkeys(entity.__mapper__ for entity in new):
            session.prepare(mapper)
        for entity in new:
            if entity.__links__ or entity.__pairs__:
                self._before[id(entity)] = (
                    dict(entity.__links__ or {}),
                    dict(entity.__pairs__ or {}),
                )
        UnitOfWork(session, new, changed, deleted).run()
        self._frame.wrote = self._frame.wrote or bool(new or deleted or changed)
        self.deleted.clear()
        # A row in a circle may still follow an object; what is left has been written.
        self.changed = {id(e): e for e in changed if has_changes(e)}
        self.changed.update((id(e), e) for e in homeless.values() if not e.__pending__)
        hide_pairs(session, deleted)
        for entity in deleted:
            self._frame.remove(entity, self._identity)

    def _find_orphans(self) -> dict[int, Entity]:
        """Return the objects that were taken out of their list and are in no other yet."""
        return {
            id(child): child
            for child, relationship in self.orphans
            if child.__session__ is self._session and is_orphan(child, relationship)
        }

    def note_inserted(self, entities: Iterable[Entity], *, generated: bool) -> None:
        """Remember rows that were made, as soon as they were."""
        before, inserted = self._before, self._frame.inserted
        for entity in entities:
            del self.new[id(entity)]
            self._identity.add(entity)
            links, pairs = before.get(id(entity), NOTHING) if before else NOTHING
            inserted.append(Insertion(entity, generated, links, pairs))


def restore(entity: Entity, links: dict[Any, Any], pairs: dict[Any, Any]) -> None:
    """Let an object follow others again, whose keys it had already copied."""
    for names in links:
        for name in names:
            entity.__dict__.pop(name, None)
    entity.__links__ = links or None
    entity.__pairs__ = pairs or None
