"""Relationships: which objects belong together, kept true on both sides in memory.

    many to one     Post.author    Post has the foreign key
    one to many     User.posts     Post has it; with many=False it is one to one
    many to many    Post.tags      a table of its own (secondary) has one to each

In memory there is one truth: the object with the foreign key remembers whom it follows (its
``__links__``), and for many to many one of the two objects, always the same, remembers the rows to
write (its ``__pairs__``).  The lists and attributes on both sides are views that ``link`` and
``unlink`` keep up to date; a side that is not loaded stays so, and is right when it is.

``cascade`` says what happens to the others when an object is deleted.  The default is "nullify".
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

from groundup_orm.errors import MappingError
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.related import RelatedList
from groundup_orm.wiring import Wiring, make_wiring

if TYPE_CHECKING:
    from groundup_orm.mapper import Mapper

__all__ = ["Cascade", "Relationship", "eager", "find_parent", "hide"]

Cascade = Literal["nullify", "delete", "delete-orphan", "database"]


class Relationship:
    """The other objects that belong to one.

    Args:
        target: The other model's name, or the model.
        back_populates: The relationship of the other model that is the same one seen from there.
        secondary: For many to many: the table that holds the pairs; a model must describe it.
        foreign_key: The attribute with the foreign key, where there are several to choose from.
        many: Say so where it cannot be told: ``many=True`` on the side of the children when a table
            refers to itself, ``many=False`` for one to one.
        cascade: When the object is deleted: "nullify" sets the others' foreign key to None,
            "delete" deletes them, "delete-orphan" also deletes those that are taken out of the
            list, "database" leaves it to the foreign key's ``ondelete``.
        order_by: The attribute of the other model that sorts the list; ``"-name"``: backwards.

    Belongs to a model; may be shared between threads.
    """

    def __init__(
        self,
        target: "str | type[Entity]",
        *,
        back_populates: str | None = None,
        secondary: str | None = None,
        foreign_key: str | None = None,
        many: bool | None = None,
        cascade: Cascade = "nullify",
        order_by: str | None = None,
    ) -> None:
        if cascade not in get_args(Cascade):
            raise MappingError(f"cascade must be one of {get_args(Cascade)}, got {cascade!r}")
        self.target = target
        self.back_populates = back_populates
        self.secondary = secondary
        self.foreign_key = foreign_key
        self.many = many
        self.cascade: Cascade = cascade
        self.order_by = order_by
        self.key = ""
        self._mapper: Mapper | None = None
        self._wiring: Wiring | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    def bind_to(self, mapper: "Mapper") -> None:
        """Tell the relationship which model it belongs to."""
        self._mapper = mapper

    @property
    def mapper(self) -> "Mapper":
        """The model that it belongs to."""
        if self._mapper is None:
            raise MappingError(f"relationship {self.key!r} must belong to a model with a table")
        return self._mapper

    @property
    def wiring(self) -> Wiring:
        """Which columns tie the two tables together; worked out at first use."""
        if self._wiring is None:
            self._wiring = make_wiring(self)
        return self._wiring

    @overload
    def __get__(self, instance: None, owner: type) -> "Relationship": ...
    @overload
    def __get__(self, instance: Entity, owner: type) -> Any: ...
    def __get__(self, instance: Entity | None, owner: type) -> Any:
        return self if instance is None else instance.__load_related__(self.key)

    if TYPE_CHECKING:  # at run time there is none: writes are seen by Model.__setattr__

        def __set__(self, instance: Entity, value: Any) -> None:
            """Tell type checkers that it may be written."""

    def make_empty(self, owner: Entity) -> Any:
        """Return, and keep, the value of an object that is related to nothing."""
        return self.fill(owner, [])

    def fill(self, owner: Entity, found: list[Any]) -> Any:
        """Keep what was loaded as the attribute's value; return it."""
        value: Any = (found[0] if found else None) if not self.wiring.many else None
        if self.wiring.many:
            value = RelatedList(owner, self, found)
        owner.__dict__[self.key] = value
        return value

    def check(self, target: object) -> None:
        """Refuse what is no object of the other model."""
        model = self.wiring.target.model
        if not isinstance(target, model):
            raise TypeError(f"{self} takes {model.__name__} objects, got {target!r:.40}")

    def assign(self, owner: Entity, value: Any) -> None:
        """Set the attribute."""
        if self.wiring.many:
            if not isinstance(value, Iterable):
                raise TypeError(f"{self} takes a list, got {value!r:.40}")
            getattr(owner, self.key).replace(value)
            return
        if value is not None:
            self.check(value)
        adopt(owner, value)  # first: it may be refused
        if self.wiring.direction == "many to one":
            follow(owner, self, self.wiring.back, value)
            return
        old = getattr(owner, self.key)
        if old is not None and old is not value:
            self.unlink(owner, old)
        owner.__dict__[self.key] = value
        if value is not None:
            self.link(owner, value)

    def link(self, owner: Entity, target: Entity) -> None:
        """Note that two objects belong together; ``owner`` knows it already."""
        adopt(owner, target)  # first: it may be refused
        if self.wiring.direction == "many to many":
            note_pair(self, owner, target, present=True)
        else:
            follow(target, self.wiring.back, self, owner)

    def unlink(self, owner: Entity, target: Entity) -> None:
        """Note that two objects no longer belong together; ``owner`` knows it already."""
        if self.wiring.direction == "many to many":
            note_pair(self, owner, target, present=False)
        else:
            follow(target, self.wiring.back, self, None)
            if self.cascade == "delete-orphan" and target.__session__ is not None:
                target.__session__.note_orphan(target, self)

    def any(self, *conditions: Any) -> Any:
        """Whether there is a related object for which all conditions hold, as SQL."""
        return self.wiring.exists(conditions)

    has = any  # noqa: A003 - reads better for a relationship to one

    def __str__(self) -> str:
        return f"{self.mapper.name}.{self.key}"

    def __repr__(self) -> str:
        return f"<Relationship {self.key} -> {getattr(self.target, '__name__', self.target)}>"


def note_change(entity: Entity) -> None:
    """Tell the session, if there is one, that an object has something to write."""
    if entity.__session__ is not None:
        entity.__session__.note_change(entity)


def adopt(owner: Entity, target: Entity | None) -> None:
    """Let an object join the session of the one that it was given to."""
    if target is not None and owner.__session__ is not None:
        owner.__session__.adopt(target)


def follow(
    child: Entity,
    to_parent: Relationship | None,
    to_children: Relationship | None,
    parent: Entity | None,
) -> None:
    """Make the object with the foreign key follow another parent, or none."""
    side = to_parent or to_children
    if side is None:  # pragma: no cover - one of the two called us
        return
    old = find_parent(child, to_parent, to_children)
    links = child.__dict__.setdefault("__links__", {})
    links[side.wiring.reference.key] = parent
    if to_parent is not None:
        child.__dict__[to_parent.key] = parent
    if to_children is not None and old is not parent:
        if isinstance(old, Entity):
            hide(old, to_children, child)
        if parent is not None:
            show(parent, to_children, child)
    note_change(child)


def find_parent(
    child: Entity, to_parent: Relationship | None, to_children: Relationship | None
) -> Any:
    """Return whom the object follows now, as far as that is in memory."""
    side = to_parent or to_children
    if side is None:  # pragma: no cover - follow() has seen to it
        return None
    wiring, values = side.wiring, child.__dict__
    links = child.__links__ or {}
    if wiring.reference.key in links:
        return links[wiring.reference.key]
    if to_parent is not None and to_parent.key in values:
        return values[to_parent.key]
    session = child.__session__
    key = tuple(values.get(name, ABSENT) for name in wiring.reference.key)
    if session is None or None in key:
        return None
    if ABSENT in key or not wiring.targets_key:
        shown = session.identity_of(wiring.parent).values() if to_children is not None else ()
        return next((parent for parent in shown if shows(parent, to_children, child)), None)
    return session.find_loaded(wiring.parent, key[0] if len(key) == 1 else key)


def shows(owner: Entity, relationship: Relationship | None, target: Entity) -> bool:
    """Whether the other side's view is loaded and has the object."""
    value = owner.__dict__.get(relationship.key) if relationship is not None else None
    return target in value if isinstance(value, RelatedList) else value is target


def show(owner: Entity, relationship: Relationship, target: Entity) -> None:
    """Put an object into the other side's view, unless that is not loaded."""
    value = owner.__dict__.get(relationship.key, ABSENT)
    if value is ABSENT:
        if owner.__session__ is not None and not owner.__pending__:
            return
        value = relationship.make_empty(owner)
    if isinstance(value, RelatedList):
        value.add_quietly(target)
        return
    owner.__dict__[relationship.key] = target
    if isinstance(value, Entity) and value is not target:  # one to one: the old one goes
        relationship.unlink(owner, value)
        owner.__dict__[relationship.key] = target


def hide(owner: Entity, relationship: Relationship, target: Entity) -> None:
    """Take an object out of the other side's view."""
    value = owner.__dict__.get(relationship.key, ABSENT)
    if isinstance(value, RelatedList):
        value.discard_quietly(target)
    elif value is target:
        owner.__dict__[relationship.key] = None


def note_pair(side: Relationship, owner: Entity, target: Entity, *, present: bool) -> None:
    """Remember a row of the association table to write or to remove."""
    back = side.wiring.back
    if back is not None:
        (show if present else hide)(target, back, owner)
        if (back.mapper.name, back.key) < (side.mapper.name, side.key):
            side, owner, target = back, target, owner
    pairs = owner.__dict__.setdefault("__pairs__", {})
    known = pairs.pop((side.key, id(target)), None)
    if known is None or known[1] == present:  # else the two changes undo each other
        pairs[side.key, id(target)] = (target, present)
    note_change(owner)


def eager(relationship: Relationship) -> Relationship:
    """Name a relationship to load with a query: ``query(User).options(eager(User.posts))``."""
    return relationship
