"""The list that a relationship to many gives: changing it changes the other side too."""

from collections.abc import Iterable, Iterator, MutableSequence
from typing import Any, Protocol, cast, overload

from groundup_orm.instance import Entity

__all__ = ["RelatedList"]


class Linker(Protocol):
    """What a list tells its relationship."""

    @property
    def key(self) -> str:
        """The attribute's name."""
        ...

    def check(self, target: object, /) -> None:
        """Refuse objects of another model."""

    def link(self, owner: Entity, target: Entity, /) -> None:
        """Note that the two belong together now."""

    def unlink(self, owner: Entity, target: Entity, /) -> None:
        """Note that they no longer do."""


class RelatedList(MutableSequence[Any]):
    """The objects at the other end of a relationship, each once.

    Belongs to its object's session: not for several threads.
    """

    __slots__ = ("_ids", "_items", "_linker", "_owner")

    def __init__(self, owner: Entity, linker: Linker, items: Iterable[Any] = ()) -> None:
        self._owner = owner
        self._linker = linker
        self._items = list(items)
        self._ids = {id(item) for item in self._items}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __contains__(self, value: object) -> bool:
        return id(value) in self._ids

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._items[index]

    @overload
    def __setitem__(self, index: int, value: Any) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[Any]) -> None: ...
    def __setitem__(self, index: int | slice, value: Any) -> None:
        items = list(self._items)
        items[index] = value
        self.replace(items)

    def __delitem__(self, index: int | slice) -> None:
        gone: list[Any] = self._items[index] if isinstance(index, slice) else [self._items[index]]
        for item in gone:
            self.discard_quietly(item)
            self._linker.unlink(self._owner, item)

    def insert(self, index: int, value: Any) -> None:
        """Put an object in; one that is there already stays where it is."""
        self._linker.check(value)
        if self.add_quietly(value, index):
            try:
                self._linker.link(self._owner, value)
            except BaseException:
                self.discard_quietly(value)
                raise

    def append(self, value: Any) -> None:
        """Put an object at the end."""
        self.insert(len(self._items), value)

    def remove(self, value: Any) -> None:
        """Take an object out.

        Raises:
            ValueError: It is not in the list.
        """
        if value not in self:
            raise ValueError(f"object must be in {self._linker.key}, got {value!r:.40}")
        self.discard_quietly(value)
        self._linker.unlink(self._owner, value)

    def replace(self, values: Iterable[Any]) -> None:
        """Hold exactly these objects from now on."""
        wanted = list(values)
        for value in wanted:
            self._linker.check(value)
        ids = {id(value) for value in wanted}
        for item in [item for item in self._items if id(item) not in ids]:
            self.remove(item)
        for value in wanted:
            self.append(value)
        self._items = list({id(value): value for value in wanted}.values())

    def add_quietly(self, value: Entity, index: int | None = None) -> bool:
        """Put an object in without telling the relationship; return whether it was missing."""
        if id(value) in self._ids:
            return False
        self._ids.add(id(value))
        self._items.insert(len(self._items) if index is None else index, value)
        return True

    def discard_quietly(self, value: Entity) -> None:
        """Take an object out, if it is there, without telling the relationship."""
        if id(value) in self._ids:
            self._ids.remove(id(value))
            self._items = [item for item in self._items if item is not value]

    def discard_all(self, ids: set[int]) -> None:
        """Take out, without telling the relationship, the objects with these ids."""
        if not self._ids.isdisjoint(ids):
            self._ids -= ids
            self._items = [item for item in self._items if id(item) not in ids]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RelatedList | list):
            return False
        return self._items == list(cast("Iterable[Any]", other))

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return repr(self._items)
