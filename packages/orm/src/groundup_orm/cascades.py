"""Find what a flush must take along besides what the session was told.

    add(user)       its posts, their tags …      all that is reached in memory
    delete(user)    its posts                    freed, deleted or left, as ``cascade`` says
    posts.remove(p) p                            deleted, if ``cascade="delete-orphan"``

The database would do some of this by itself, but then the objects in memory would not know.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from groundup_orm.eager import load_relationship
from groundup_orm.errors import SessionError
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.mapper import Mapper
from groundup_orm.related import RelatedList
from groundup_orm.relationship import Relationship, find_parent, hide
from groundup_orm.unitofwork import group_by_model

if TYPE_CHECKING:
    from groundup_orm.saving import Saving

__all__ = [
    "cascade_deletes",
    "hide_from_others",
    "hide_pairs",
    "is_alone",
    "is_orphan",
    "leave_others",
    "reachable",
]

Followers = dict[tuple[int, Mapper, tuple[str, ...]], list[Entity]]


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


def cascade_deletes(
    session: "Saving", deleted: Sequence[Entity], unwritten: Iterable[Entity]
) -> Iterator[Entity]:
    """Yield the objects to delete together with these, and free those that may stay.

    Args:
        session: Where they are loaded.
        deleted: The objects that were deleted by name.
        unwritten: New and changed objects: they may follow others than the database knows.
    """
    waiting = list(deleted)
    followers = find_followers(unwritten) if waiting else {}
    while waiting:
        groups = group_by_model(waiting)
        waiting = list[Entity]()
        for mapper, entities in groups.items():
            for child in take_along(session, mapper, entities, followers):
                if not child.__deleted__:
                    child.__deleted__ = True
                    waiting.append(child)
                    yield child


def leave_others(session: "Saving", entity: Entity) -> None:
    """Let nobody in memory lead to a new object that will not be saved after all."""
    for relationship in entity.__mapper__.relationships.values():
        if (
            relationship.wiring.direction != "one to many"
            or relationship.key not in entity.__dict__
        ):
            continue
        for child in children_of(relationship, entity):
            if relationship.cascade in {"delete", "delete-orphan"} and child.__session__ is session:
                session.delete(child)
            else:
                relationship.unlink(entity, child)
    hide_from_others(entity)


def find_followers(unwritten: Iterable[Entity]) -> Followers:
    """Return who follows an object by a link that no row has yet, by its id and their reference."""
    followers: Followers = defaultdict(list)
    for child in unwritten:
        for key, parent in (child.__links__ or {}).items():
            if parent is not None:
                followers[id(parent), child.__mapper__, key].append(child)
    return followers


def take_along(
    session: "Saving", mapper: Mapper, entities: list[Entity], followers: Followers
) -> Iterator[Entity]:
    """Yield the children that go with these objects of one model."""
    for relationship in mapper.relationships.values():
        hidden = relationship.wiring.direction != "one to many"
        if hidden or relationship.cascade == "database":
            continue
        load_relationship(session, relationship, entities)
        relationship_key = relationship.wiring.target, relationship.wiring.reference.key
        for entity in entities:
            found = children_of(relationship, entity)
            found += followers.get((id(entity), *relationship_key), [])
            children = list({id(child): child for child in found}.values())
            if relationship.cascade == "nullify":
                free(relationship, entity, children)
            else:
                yield from children


def children_of(relationship: Relationship, owner: Entity) -> list[Entity]:
    """Return the loaded children that have not moved elsewhere since."""
    value = owner.__dict__[relationship.key]
    if not isinstance(value, RelatedList):
        return [] if value is None else [value]
    key, local = relationship.wiring.reference.key, relationship.wiring.local
    wanted = [owner.__dict__.get(column.key) for column in local]
    found: list[Entity] = []
    for child in value:
        links: dict[Any, Any] = child.__links__ or {}
        if key in links:
            stays = links[key] is owner
        else:
            stays = child.__expired__ or [child.__dict__.get(name) for name in key] == wanted
        found += [child] if stays else []
    return found


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


def hide_pairs(session: "Saving", deleted: Sequence[Entity]) -> None:
    """Take deleted objects out of the loaded lists of many to many, in one pass over those."""
    for mapper, entities in group_by_model(deleted).items():
        gone = {id(entity) for entity in entities}
        for relationship in mapper.relationships.values():
            back = relationship.wiring.back
            if back is None or relationship.wiring.secondary is None:
                continue
            for owner in session.identity_of(back.mapper).values():
                shown = owner.__dict__.get(back.key)
                if isinstance(shown, RelatedList):
                    shown.discard_all(gone)


def hide_from_others(entity: Entity) -> None:
    """Take a deleted object out of the loaded lists that show it."""
    mapper: Mapper = entity.__mapper__
    for relationship in mapper.relationships.values():
        back = relationship.wiring.back
        if back is None:
            continue
        if relationship.wiring.direction == "many to one":
            value = find_parent(entity, relationship, back)
        else:
            value = entity.__dict__.get(relationship.key)
        for owner in value if isinstance(value, RelatedList) else [value]:
            if owner is not None:
                hide(owner, back, entity)
