"""How one model lies in one table, and the registry in which models find each other.

A mapper is made when its class statement ends.  Then other models may not exist yet, so whatever
looks at them (relationships, foreign keys) is worked out at first use.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundup_orm.columns import Column, Index
from groundup_orm.errors import MappingError
from groundup_orm.instance import Entity

if TYPE_CHECKING:
    from groundup_orm.relationship import Relationship

__all__ = ["Mapper", "Reference", "Registry"]


@dataclass(frozen=True)
class Reference:
    """A foreign key: of one column, or of several that are the other table's key together."""

    columns: tuple[Column[Any], ...]
    table: str
    targets: tuple[str, ...]  # names in the database

    @property
    def key(self) -> tuple[str, ...]:
        """The attributes that hold it; how the reference is called inside the session."""
        return tuple(column.key for column in self.columns)


class Mapper:
    """One model and its table.  Not changed after it is made; may be shared between threads."""

    def __init__(
        self,
        model: type[Entity],
        table: str,
        columns: dict[str, Column[Any]],
        relationships: "dict[str, Relationship]",
        registry: "Registry",
    ) -> None:
        self.model = model
        self.name = model.__name__
        self.table = table
        self.columns = columns
        self.relationships = relationships
        self.registry = registry
        self.key = tuple(column for column in columns.values() if column.primary_key)
        if not self.key:
            raise MappingError(f"model must have a primary key: {self.name} has none")
        self.key_names = tuple(column.key for column in self.key)
        self.version = find_version(self.name, columns)
        self.generated_key = find_generated_key(self.key)
        self.references = tuple(find_references(columns))
        self.json_names = tuple(c.key for c in columns.values() if c.type.kind == "json")
        self.indexes: tuple[Index, ...] = ()
        self.cache: dict[Any, Any] = {}  # generated code and SQL, by what they are for
        for column in columns.values():
            column.bind_to(self.name, table)

    def key_of(self, entity: Entity) -> Any:
        """Return an object's key: the value, or a tuple where the key has several columns."""
        values = entity.__dict__
        if len(self.key_names) == 1:
            return values.get(self.key_names[0])
        return tuple(values.get(name) for name in self.key_names)

    def column_named(self, name: str) -> Column[Any]:
        """Return the column with this name in the database."""
        for column in self.columns.values():
            if column.column_name == name:
                return column
        raise MappingError(f"table {self.table!r} has no column {name!r}")

    def parents(self) -> "Iterator[tuple[Reference, Mapper]]":
        """Yield each foreign key whose table belongs to a known model, with that model."""
        for reference in self.references:
            parent = self.registry.find_table(reference.table, near=self)
            if parent is not None:
                yield reference, parent

    def __repr__(self) -> str:
        return f"<Mapper {self.name} -> {self.table}>"


def find_generated_key(key: tuple[Column[Any], ...]) -> Column[Any] | None:
    """Return the key column that the database numbers, if there is one."""
    return key[0] if len(key) == 1 and key[0].autoincrement else None


def find_version(name: str, columns: dict[str, Column[Any]]) -> Column[Any] | None:
    """Return the column that counts writes."""
    found = [column for column in columns.values() if column.version]
    if len(found) > 1:
        raise MappingError(f"model must have at most one version column: {name} has {len(found)}")
    return found[0] if found else None


def find_references(columns: dict[str, Column[Any]]) -> Iterator[Reference]:
    """Yield the foreign keys; columns that refer to different columns of one table belong together.

    Two columns that refer to the same column (``author_id``, ``editor_id``) are two references.
    """
    by_table: defaultdict[str, list[Column[Any]]] = defaultdict(list)
    for column in columns.values():
        if column.foreign_key is not None:
            by_table[column.foreign_key.table].append(column)
    for table, found in by_table.items():
        targets = [column.foreign_key.column for column in found if column.foreign_key]
        if len(set(targets)) == len(targets):
            yield Reference(tuple(found), table, tuple(targets))
        else:
            for column, target in zip(found, targets, strict=True):
                yield Reference((column,), table, (target,))


class Registry:
    """Models that refer to each other by name.

    A model that is defined again (a reloaded module, a notebook) takes the place of the old one.
    Filled while modules are imported; may be read by all threads after that.
    """

    def __init__(self) -> None:
        self._mappers: dict[tuple[str, str], Mapper] = {}

    def add(self, mapper: Mapper) -> None:
        """Make a model known."""
        self._mappers[mapper.model.__module__, mapper.model.__qualname__] = mapper

    def __iter__(self) -> Iterator[Mapper]:
        return iter(list(self._mappers.values()))

    def find_table(self, table: str, *, near: Mapper) -> Mapper | None:
        """Return the model of a table; of several, the one of the same module."""
        return self._nearest([m for m in self if m.table == table], near, table)

    def get_model(self, name: str, *, near: Mapper) -> Mapper:
        """Return the model with this name.

        Raises:
            MappingError: There is none, or several in other modules.
        """
        found = self._nearest([m for m in self if m.name == name], near, name)
        if found is None:
            raise MappingError(f"{near.name} refers to {name!r}, and no model has that name")
        return found

    def _nearest(self, found: list[Mapper], near: Mapper, name: str) -> Mapper | None:
        if near in found:
            return near
        if len(found) > 1:
            here = near.model.__module__, near.model.__qualname__.rpartition(".")[0]
            ranks = [self._rank(mapper, *here) for mapper in found]
            found = [m for m, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
        if len(found) > 1:
            modules = ", ".join(sorted(mapper.model.__module__ for mapper in found))
            raise MappingError(f"{near.name} refers to {name!r}, which is in several: {modules}")
        return found[0] if found else None

    @staticmethod
    def _rank(mapper: Mapper, module: str, scope: str) -> int:
        """Return how near a model stands: same scope, same module, elsewhere."""
        if mapper.model.__module__ != module:
            return 0
        return 2 if mapper.model.__qualname__.rpartition(".")[0] == scope else 1
