"""Find what a flush must take along besides what the session was told.

add(user)       its posts, their tags …      all that is reached in memory
delete(user)    its posts                    freed, deleted or left, as ``cascade`` says
posts.remove(p) p                            deleted, if ``cascade="delete-orphan"``
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from groundup_orm.eager import load_relationship
from groundup_orm.errors import SessionError
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.mapper import Mapper
from groundup_orm.related import RelatedList
from groundup_orm.relationship import Relationship
from groundup_orm.unitofwork import group_by_model

if TYPE_CHECKING:
    from groundup_orm.saving import Saving

__all__ = ["cascade_deletes", "is_alone", "is_orphan", "reachable"]


def neighbours(entity: Entity) -> Iterator[Entity]:
    """Yield the objects that an object leads to in memory."""
    for name in entity.__mapper__.relationships:
        value = entity.__dict__.get(name)
        if isinstance(value, RelatedList):
            yield from value
        elif value is not None:
            yield value
    for parent in (entity.__links__ or {}).values():
        if parent is not None:
            yield parent
    for target, present in (entity.__pairs__ or {}).values():
        if present:
            yield target


def is_alone(entity: Entity) -> bool:
    """Whether an object leads to no other one; most do not, and it is cheap to see."""
    values = entity.__dict__
    if "__links__" in values or "__pairs__" in values:
        return False
    return values.keys().isdisjoint(entity.__mapper__.relationships)


def reachable(start: Entity) -> Iterator[Entity]:
    """Yield an object and the new objects that it leads to, directly or not."""
    seen: set[int] = set()
    waiting = deque([start])  # first come, first inserted: a list keeps its order
    while waiting:
        entity = waiting.popleft()
        if id(entity) in seen:
            continue
        seen.add(id(entity))
        yield entity
        waiting += [other for other in neighbours(entity) if other.__session__ is None]


def is_orphan(child: Entity, relationship: Relationship) -> bool:
    """Whether an object that was taken out of a list has found no other place since."""
    links = child.__links__ or {}
    if links.get(relationship.wiring.reference.key, ABSENT) is not None:
        return False
    return not child.__deleted__


def cascade_deletes(session: "Saving", deleted: Sequence[Entity]) -> Iterator[Entity]:
    """Yield the objects to delete together with these, and free those that may stay."""
    waiting = list(deleted)
    while waiting:
        groups = group_by_model(waiting)
        waiting = list[Entity]()
        for mapper, entities in groups.items():
            for child in take_along(session, mapper, entities):
                if not child.__deleted__:
                    child.__deleted__ = True
                    waiting.append(child)
                    yield child


def take_along(session: "Saving", mapper: Mapper, entities: list[Entity]) -> Iterator[Entity]:
    """Yield the children that go with these objects of one model."""
    for relationship in mapper.relationships.values():
        hidden = relationship.wiring.direction != "one to many"
        if hidden or relationship.cascade == "database":
            continue
        load_relationship(session, relationship, entities)
        for entity in entities:
            value = entity.__dict__[relationship.key]
            children: list[Entity] = [] if value is None else [value]
            if isinstance(value, RelatedList):
                children = list(value)
            if relationship.cascade == "nullify":
                free(relationship, entity, children)
            else:
                yield from children


def free(relationship: Relationship, owner: Entity, children: Iterable[Entity]) -> None:
    """Let children follow nobody; those that are deleted themselves need not."""
    columns = relationship.wiring.reference.columns
    for child in children:
        if child.__deleted__:
            continue
        if not all(column.nullable for column in columns):
            raise SessionError(
                f"{columns[0]} must not be None, and {owner!r} has {relationship.key}: delete "
                f"those first, or say cascade='delete' or 'database' in {relationship}"
            )
        relationship.unlink(owner, child)
