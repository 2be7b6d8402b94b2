"""What one object has to write: the values of a new row, and those that changed in an old one.

    user.email = "new"     __original__ {"email": "old"}      UPDATE … SET email = 'new'
    post.author = user     __links__ {("author_id",): user}   author_id, once user has its key

Values are checked here, against their columns, before any SQL is sent for them.
"""

import json
from typing import Any

from groundup_orm.columns import Column
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.mapper import Mapper

__all__ = [
    "apply_links",
    "changed_json",
    "finish_insert",
    "finish_update",
    "identifying",
    "insert_values",
    "row_identity",
    "update_values",
]

Values = dict[str, Any]


def apply_links(entity: Entity) -> None:
    """Set the foreign keys that follow objects whose keys are known by now."""
    links = entity.__links__
    if not links:
        return
    mapper: Mapper = entity.__mapper__
    waiting: dict[tuple[str, ...], Entity | None] = {}
    for reference in mapper.references:
        if reference.key not in links:
            continue
        parent = links[reference.key]
        if parent is not None and parent.__pending__:
            waiting[reference.key] = parent  # in a circle: an update follows
            continue
        set_reference(entity, reference.key, reference.targets, parent)
    if waiting:
        entity.__links__ = waiting
    else:
        del entity.__dict__["__links__"]


def set_reference(
    entity: Entity, names: tuple[str, ...], targets: tuple[str, ...], parent: Entity | None
) -> None:
    """Set the columns of one foreign key, and remember what they were."""
    values = entity.__dict__
    for name, target in zip(names, targets, strict=True):
        value = None
        if parent is not None:
            value = getattr(parent, parent.__mapper__.column_named(target).key)
        if not entity.__pending__:
            values.setdefault("__original__", {}).setdefault(name, values.get(name, ABSENT))
        values[name] = value


def insert_values(mapper: Mapper, entity: Entity) -> Values:
    """Return the checked values of a new row, without those that the database makes."""
    if entity.__links__:
        apply_links(entity)
    given, values = entity.__dict__, dict[str, Any]()
    for name, column in mapper.columns.items():
        value = given.get(name)
        if value is None:
            if column is mapper.generated_key:
                continue
            if name not in given and column.server_default is not None:
                continue
            if column.version:
                value = 1
        values[name] = column.check(value)
    return values


def finish_insert(mapper: Mapper, entity: Entity, values: Values) -> None:
    """Make a pending object a persistent one."""
    entity.__dict__.pop("__pending__", None)
    finish_update(mapper, entity, values)


def finish_update(mapper: Mapper, entity: Entity, values: Values) -> None:
    """Remember that the row holds these values now."""
    entity.__dict__.update(values)
    entity.__dict__.pop("__original__", None)
    keep_json(mapper, entity)


def update_values(mapper: Mapper, entity: Entity) -> Values:
    """Return the checked values of the columns that changed."""
    given, original = entity.__dict__, entity.__original__ or {}
    values = {
        name: mapper.columns[name].check(given[name])
        for name, before in original.items()
        if before is ABSENT or given[name] != before or type(given[name]) is not type(before)
    }
    if not values:
        entity.__dict__.pop("__original__", None)
        return values
    for name, column in mapper.columns.items():
        if column.onupdate is not None and name not in values:
            values[name] = column.check(column.onupdate())
    if mapper.version is not None:
        values[mapper.version.key] = stored_version(entity, mapper.version) + 1
    return values


def changed_json(mapper: Mapper, entity: Entity) -> list[str]:
    """Return the JSON columns whose value was changed from inside."""
    raw = entity.__raw__ or {}
    return [
        name
        for name in mapper.json_names
        if name in entity.__dict__ and name in raw and differs(entity.__dict__[name], raw[name])
    ]


def differs(value: Any, text: str | None) -> bool:
    """Whether a value is no longer what a JSON text says."""
    return bool(value != (None if text is None else json.loads(text)))


def keep_json(mapper: Mapper, entity: Entity) -> None:
    """Remember the JSON that the row holds now."""
    if mapper.json_names:
        values = entity.__dict__
        present = [name for name in mapper.json_names if name in values]
        values["__raw__"] = {
            name: None if values[name] is None else json.dumps(values[name]) for name in present
        }


def stored_version(entity: Entity, version: Column[Any]) -> int:
    """Return the version of the row as it was loaded."""
    before = (entity.__original__ or {}).get(version.key, ABSENT)
    found: int = getattr(entity, version.key) if before is ABSENT else before
    return found


def identifying(mapper: Mapper) -> list[Column[Any]]:
    """Return the columns that a row is found by."""
    return [*mapper.key, *([mapper.version] if mapper.version is not None else [])]


def row_identity(mapper: Mapper, entity: Entity) -> list[Any]:
    """Return the values that a row is found by."""
    values = [entity.__dict__[name] for name in mapper.key_names]
    return values if mapper.version is None else [*values, stored_version(entity, mapper.version)]
