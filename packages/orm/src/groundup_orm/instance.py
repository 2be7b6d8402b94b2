"""What every mapped object carries besides its values: the state that ties it to a session.

    transient   no session                                  just made, or forgotten again
    pending     __session__, __pending__                    added; the next flush inserts it
    persistent  __session__                                 a row of the database
    expired     __session__, __expired__, values missing    the next read loads them again

All of it lies in the object's ``__dict__``, and only what differs from the defaults below.  A
loaded object that nobody writes to has its values and ``__session__``, and nothing else: that is
what lets ten thousand rows become objects in little more than the time of reading them.
"""

from typing import Any, ClassVar, Protocol

from groundup_orm.errors import LazyLoadError

__all__ = ["ABSENT", "Entity", "Keeper"]

ABSENT: Any = type("Absent", (), {})()  # not loaded; None is a value


class Keeper(Protocol):
    """What an object asks of the session that it lives in."""

    def note_change(self, entity: "Entity", /) -> None:
        """Remember that the object has something to write."""

    def load_missing(self, entity: "Entity", name: str, /) -> Any:
        """Return a value that is not loaded."""

    def load_related(self, entity: "Entity", name: str, /) -> Any:
        """Return the objects of a relationship that is not loaded."""

    def note_orphan(self, entity: "Entity", relationship: Any, /) -> None:
        """Remember that the object was taken out of a list that owns its members."""

    def adopt(self, entity: "Entity", /) -> None:
        """Take in an object that was put into a relationship."""

    @property
    def closed(self) -> bool:
        """Whether the session is over."""
        ...

    def identity_of(self, mapper: Any, /) -> "dict[Any, Entity]":
        """Return the objects of a model by their keys."""
        ...

    def find_loaded(self, mapper: Any, key: Any, /) -> "Entity | None":
        """Return the object with this key, if it is in the session."""


class Entity:
    """A mapped object as the machinery sees it; ``Model`` is what users see."""

    __mapper__: ClassVar[Any]
    __session__: Keeper | None = None
    __pending__: bool = False
    __deleted__: bool = False
    __expired__: bool = False
    # The values that written columns had before the first write; what the row still has.
    __original__: dict[str, Any] | None = None
    # Foreign keys that follow an object: its key may not be known before it is inserted.
    __links__: "dict[tuple[str, ...], Entity | None] | None" = None
    # Rows to write into association tables: (relationship, id of the other object).
    __pairs__: "dict[tuple[str, int], tuple[Entity, bool]] | None" = None
    # JSON as it was loaded, to find changes inside the value.
    __raw__: dict[str, str | None] | None = None

    def __load_missing__(self, name: str) -> Any:
        """Return a column's value that is not in ``__dict__``."""
        if self.__session__ is not None and not self.__pending__:
            return self.__session__.load_missing(self, name)
        if self.__expired__:
            raise LazyLoadError(
                f"{self.__mapper__.name}.{name} must be loaded before its object is deleted"
            )
        return None

    def __load_related__(self, name: str) -> Any:
        """Return a relationship's value that is not in ``__dict__``."""
        if self.__session__ is None or self.__pending__:
            return self.__mapper__.relationships[name].make_empty(self)
        return self.__session__.load_related(self, name)
