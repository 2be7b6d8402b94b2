"""One row is one object: the objects of a session by model and key, and how they go stale.

    identity[User][7]  ──►  <User id=7>      every query that finds row 7 gives this object

An object whose row may have changed is *expired*: its values are dropped, all but the key, and the
next read or query loads them again.  What was written to it and not flushed is never dropped.
"""

from collections.abc import Iterator
from typing import Any

from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper

__all__ = ["IdentityMap", "expire", "has_changes", "make_transient"]

CHANGES = ("__original__", "__links__", "__pairs__")


class IdentityMap:
    """The persistent objects of one session."""

    def __init__(self) -> None:
        self._by_mapper: dict[Mapper, dict[Any, Entity]] = {}

    def of(self, mapper: Mapper) -> dict[Any, Entity]:
        """Return the objects of one model by their keys."""
        found = self._by_mapper.get(mapper)
        if found is None:
            found = self._by_mapper[mapper] = {}
        return found

    def add(self, entity: Entity) -> None:
        """Put an object under its key."""
        mapper: Mapper = entity.__mapper__
        self.of(mapper)[mapper.key_of(entity)] = entity

    def remove(self, entity: Entity) -> None:
        """Take an object out."""
        mapper: Mapper = entity.__mapper__
        found = self.of(mapper)
        key = mapper.key_of(entity)
        if found.get(key) is entity:
            del found[key]

    def holds(self, entity: Entity) -> bool:
        """Whether this very object is in the map."""
        mapper: Mapper = entity.__mapper__
        return self.of(mapper).get(mapper.key_of(entity)) is entity

    def __iter__(self) -> Iterator[Entity]:
        for found in self._by_mapper.values():
            yield from list(found.values())

    def with_json(self) -> Iterator[Entity]:
        """Yield the objects that could have been changed without our noticing."""
        for mapper, found in self._by_mapper.items():
            if mapper.json_names:
                yield from list(found.values())

    def expire_unchanged(self, *mappers: Mapper) -> None:
        """Expire the objects of these models, or of all, that have nothing to write.

        What waits to be deleted stays as it was seen: its version must still be the row's.
        """
        for mapper in mappers or tuple(self._by_mapper):
            for entity in self.of(mapper).values():
                if not entity.__deleted__ and not has_changes(entity):
                    expire(entity)

    def expire_all(self) -> None:
        """Expire all objects; what was written to them is forgotten."""
        for entity in self:
            expire(entity)

    def clear(self) -> None:
        """Forget all objects."""
        self._by_mapper.clear()


def has_changes(entity: Entity) -> bool:
    """Whether an object has something to write."""
    values = entity.__dict__
    return any(values.get(name) for name in CHANGES)


def expire(entity: Entity) -> None:
    """Drop an object's values; the next read loads them."""
    values, mapper = entity.__dict__, entity.__mapper__
    for name in mapper.columns:
        if name not in mapper.key_names:
            values.pop(name, None)
    for name in (*mapper.relationships, *CHANGES, "__raw__"):
        values.pop(name, None)
    values["__expired__"] = True


def make_transient(entity: Entity) -> None:
    """Let an object be as if it had just been made, with the values that it has.

    One without values stays expired: it must not pass for an empty one.
    """
    for name in ("__session__", "__pending__", "__deleted__", "__original__"):
        entity.__dict__.pop(name, None)
