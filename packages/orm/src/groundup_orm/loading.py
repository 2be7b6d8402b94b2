"""Turn rows into objects with a function generated for each model.

For ``User(id, name, active)`` on SQLite this is written and compiled once:

    def load(rows, identity, session):
        out = []
        for a0, a1, a2, in rows:
            entity = identity.get(a0)
            if entity is None:
                identity[a0] = entity = new(model)
                values = entity.__dict__
                values["id"] = a0
                values["name"] = a1
                values["active"] = None if a2 is None else c2(a2)
                values["__session__"] = session
            elif "__expired__" in entity.__dict__:
                …the same with setdefault: what was written since stays
            out.append(entity)
        return out

No loop over columns, no call for a column that needs no conversion, no ``__init__``.  The source
holds numbers and attribute names only, and those are Python identifiers (checked below).
"""

from collections.abc import Callable, Sequence
from typing import Any

from groundup_orm.dialects import Dialect
from groundup_orm.errors import MappingError
from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper

__all__ = ["Load", "loader_for", "loader_source"]

Load = Callable[[Sequence[tuple[Any, ...]], dict[Any, Entity], Any], list[Any]]


def key_source(mapper: Mapper, dialect: Dialect) -> str:
    """Return the expression that makes a row's key, of the same values as the object has."""
    marks: list[str] = []
    for number, column in enumerate(mapper.columns.values()):
        if column.primary_key:
            converted = dialect.loader(column.type) is not None
            marks.append(f"c{number}(a{number})" if converted else f"a{number}")
    return marks[0] if len(marks) == 1 else f"({', '.join(marks)})"


def loader_source(mapper: Mapper, dialect: Dialect) -> str:
    """Return the source of a model's loader."""
    fills: list[str] = []
    refills: list[str] = []
    for number, (name, column) in enumerate(mapper.columns.items()):
        if not name.isidentifier():
            raise MappingError(f"attribute must be an identifier, got {name[:40]!r}")
        value = f"a{number}"
        if dialect.loader(column.type) is not None:
            value = f"None if a{number} is None else c{number}(a{number})"
        fills.append(f"                values[{name!r}] = {value}")
        refills.append(f"                values.setdefault({name!r}, {value})")
    raw = ", ".join(f"{n!r}: a{i}" for i, n in enumerate(mapper.columns) if n in mapper.json_names)
    if raw:
        fills.append(f"                values['__raw__'] = {{{raw}}}")
        refills.append(f"                values['__raw__'] = {{{raw}}}")
    row = ", ".join(f"a{number}" for number in range(len(mapper.columns)))
    return "\n".join(
        [
            "def load(rows, identity, session):",
            "    out = []",
            "    append = out.append",
            "    get = identity.get",
            f"    for {row}, in rows:",
            f"        key = {key_source(mapper, dialect)}",
            "        entity = get(key)",
            "        if entity is None:",
            "                identity[key] = entity = new(model)",
            "                values = entity.__dict__",
            *fills,
            "                values['__session__'] = session",
            "        elif '__expired__' in entity.__dict__:",
            "                values = entity.__dict__",
            "                del values['__expired__']",
            *refills,
            "        append(entity)",
            "    return out",
        ]
    )


def loader_for(mapper: Mapper, dialect: Dialect) -> Load:
    """Return a model's loader for rows that hold all its columns in order."""
    found = mapper.cache.get(("load", dialect.name))
    if found is None:
        names: dict[str, Any] = {"new": object.__new__, "model": mapper.model}
        for number, column in enumerate(mapper.columns.values()):
            names[f"c{number}"] = dialect.loader(column.type)
        source = loader_source(mapper, dialect)
        exec(compile(source, f"<loader of {mapper.name}>", "exec"), names)  # noqa: S102 - see above
        found = mapper.cache["load", dialect.name] = names["load"]
    load: Load = found
    return load
