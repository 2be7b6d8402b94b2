"""Work out which columns tie two models together.

The foreign keys say it, so a relationship need not; where they say too much or too little, the
error tells which argument decides.
"""

from typing import TYPE_CHECKING, Any, Literal

from groundup_orm.columns import Column
from groundup_orm.errors import MappingError
from groundup_orm.expressions import Exists, Expression, and_
from groundup_orm.instance import Entity
from groundup_orm.mapper import Mapper, Reference
from groundup_orm.statements import Join, Select

if TYPE_CHECKING:
    from groundup_orm.relationship import Relationship

__all__ = ["Direction", "Wiring", "make_wiring"]

Direction = Literal["many to one", "one to many", "many to many"]


class Wiring:
    """How a relationship is laid in the database.

    ``local`` and ``remote`` are columns of the two models that are equal for objects that belong
    together; with a ``secondary`` they are equal to ``near`` and ``far`` of that table.
    """

    def __init__(
        self,
        relationship: "Relationship",
        target: Mapper,
        direction: Direction,
        reference: Reference,
        *,
        local: tuple[Column[Any], ...],
        remote: tuple[Column[Any], ...],
        through: tuple[Mapper, Reference] | None = None,
    ) -> None:
        self.direction = direction
        self.owner = relationship.mapper
        self.target = target
        self.many = direction != "many to one" and relationship.many is not False
        self.reference = reference
        self.local = local
        self.remote = remote
        self.back = find_back(relationship, target)
        self.secondary = through[0] if through else None
        self.near = reference.columns if through else ()
        self.far = through[1].columns if through else ()

    @property
    def parent(self) -> Mapper:
        """The model that the foreign key refers to."""
        return self.target if self.direction == "many to one" else self.owner

    @property
    def targets_key(self) -> bool:
        """Whether the foreign key refers to the other model's primary key, in its order."""
        names = tuple(column.column_name for column in self.parent.key)
        return self.reference.targets == names

    def joins(self) -> tuple[Join, ...]:
        """Return the joins from the owner's table to the target's."""
        if self.secondary is None:
            return (Join(self.target.table, equal(self.remote, self.local)),)
        return (
            Join(self.secondary.table, equal(self.near, self.local)),
            Join(self.target.table, equal(self.remote, self.far)),
        )

    def exists(self, conditions: tuple[Expression, ...]) -> Expression:
        """Return the condition that a related row exists."""
        if self.owner.table == self.target.table:
            raise MappingError("any() needs two tables: this relationship has one at both ends")
        first, *rest = self.joins()
        where = (first.condition, *conditions)
        return Exists(Select((), first.table, tuple(rest), where))


def equal(left: tuple[Column[Any], ...], right: tuple[Column[Any], ...]) -> Expression:
    """Return the condition that columns are equal, pair by pair."""
    return and_(*(a == b for a, b in zip(left, right, strict=True)))


def make_wiring(relationship: "Relationship") -> Wiring:
    """Return how a relationship is laid, from the foreign keys of its models."""
    owner = relationship.mapper
    target = relationship.target
    found = find_model(owner, target)
    if relationship.secondary is not None:
        return wire_secondary(relationship, owner, found, relationship.secondary)
    outgoing = candidates(owner, found, relationship.foreign_key)
    incoming = candidates(found, owner, relationship.foreign_key)
    if owner is found:  # the same foreign keys, seen from both ends
        outgoing, incoming = ([], incoming) if relationship.many else (outgoing, [])
    if len(outgoing) + len(incoming) != 1:
        raise MappingError(explain_choice(relationship, found, [*outgoing, *incoming]))
    (reference,) = outgoing or incoming
    parent = found if outgoing else owner
    targets = tuple(map(parent.column_named, reference.targets))
    local, remote = reference.columns, targets
    if incoming:
        local, remote = targets, reference.columns
    direction: Direction = "many to one" if outgoing else "one to many"
    return Wiring(relationship, found, direction, reference, local=local, remote=remote)


def find_model(owner: Mapper, target: "str | type[Entity]") -> Mapper:
    """Return the model that a relationship names."""
    if isinstance(target, str):
        return owner.registry.get_model(target, near=owner)
    found: Mapper = target.__mapper__
    return found


def wire_secondary(
    relationship: "Relationship", owner: Mapper, target: Mapper, table: str
) -> Wiring:
    """Return the wiring of a many-to-many relationship."""
    secondary = owner.registry.find_table(table, near=owner)
    if secondary is None:
        raise MappingError(f"{relationship} needs a model of the table {table!r}")
    near, far = candidates(secondary, owner, None), candidates(secondary, target, None)
    if owner is target and len(near) > 1:
        forward = (relationship.foreign_key or near[0].key[0]) == near[0].key[0]
        near, far = (near[:1], near[1:]) if forward else (near[1:], near[:1])
    if len(near) != 1 or len(far) != 1:
        raise MappingError(
            f"{relationship} needs {table!r} to have one foreign key to {owner.table!r} "
            f"and one to {target.table!r}"
        )
    return Wiring(
        relationship,
        target,
        "many to many",
        near[0],
        local=tuple(map(owner.column_named, near[0].targets)),
        remote=tuple(map(target.column_named, far[0].targets)),
        through=(secondary, far[0]),
    )


def candidates(source: Mapper, target: Mapper, name: str | None) -> list[Reference]:
    """Return the foreign keys from one model to the other."""
    return [
        reference
        for reference in source.references
        if reference.table == target.table and (name is None or name in reference.key)
    ]


def explain_choice(relationship: "Relationship", target: Mapper, found: list[Reference]) -> str:
    """Return what is wrong with the foreign keys that a relationship could use."""
    if not found:
        tables = f"{relationship.mapper.table!r} and {target.table!r}"
        return f"{relationship} needs a foreign key between {tables}"
    names = ", ".join(sorted("+".join(reference.key) for reference in found))
    return f"{relationship} must say foreign_key=, as there are several: {names}"


def find_back(relationship: "Relationship", target: Mapper) -> "Relationship | None":
    """Return the same relationship on the other model."""
    name = relationship.back_populates
    if name is None:
        return None
    back = target.relationships.get(name)
    if back is None:
        raise MappingError(f"{relationship} names {target.name}.{name}, which is no relationship")
    if back.back_populates != relationship.key:
        raise MappingError(f"{back} must say back_populates={relationship.key!r}")
    return back
