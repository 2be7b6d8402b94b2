"""What stands for a name that the context does not have.

It is a value, so that ``x is defined`` and ``x | default("…")`` can ask about it.  Using it in any
other way is an error that names the nearest names, unless the environment was told to be lenient.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from groundup_templating.errors import UndefinedError, shorten, suggest

__all__ = ["ChainableUndefined", "LenientUndefined", "Undefined"]


def _known_names(owner: Any) -> Iterable[str]:
    try:
        if hasattr(owner, "keys"):
            return [str(key) for key in owner]
        return [name for name in dir(owner) if not name.startswith("_")]
    except Exception:  # noqa: BLE001 - a suggestion is never worth an error
        return []


class Undefined:
    """A missing name or attribute: using it is an error.

    ``name`` is what was asked for, ``owner`` the value that does not have it, or the mapping of all
    names when ``is_name`` says so.
    """

    __slots__ = ("_is_name", "_name", "_owner")
    chains = False  # whether an attribute of it is undefined again instead of an error

    def __init__(self, name: object, owner: Any = None, *, is_name: bool = False) -> None:
        self._name = name
        self._owner = owner
        self._is_name = is_name

    def error(self) -> UndefinedError:
        """Return the error that says what is missing."""
        if self._is_name:
            hint = suggest(str(self._name), self._owner)
            return UndefinedError(f"{self._name!r} is not defined{hint}")
        hint = suggest(str(self._name), _known_names(self._owner))
        kind = type(self._owner).__name__
        if isinstance(self._name, str):
            return UndefinedError(f"{kind} has no {self._name!r}{hint}")
        return UndefinedError(f"{kind} has no item {shorten(self._name)}")

    def __str__(self) -> str:
        raise self.error()

    def __json__(self) -> None:
        raise self.error()

    def __iter__(self) -> Iterator[Any]:
        raise self.error()

    def __bool__(self) -> bool:
        raise self.error()

    def __len__(self) -> int:
        raise self.error()

    def __eq__(self, other: object) -> bool:
        raise self.error()

    def __hash__(self) -> int:
        raise self.error()

    def _refuse(self, *_: Any) -> Any:
        raise self.error()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _refuse
    __pow__ = __rpow__ = __neg__ = __pos__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __int__ = __float__ = __contains__ = __getitem__ = __call__ = _refuse

    def __repr__(self) -> str:
        return f"<undefined {shorten(self._name)}>"


class LenientUndefined(Undefined):
    """A missing name that is empty, false and without items; its attributes are still errors."""

    __slots__ = ()

    def __str__(self) -> str:
        return ""

    def __json__(self) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Undefined)

    def __hash__(self) -> int:
        return hash(Undefined)


class ChainableUndefined(LenientUndefined):
    """A missing name that is lenient, and whose attributes are missing in the same way."""

    __slots__ = ()
    chains = True

    def __getitem__(self, _: object) -> Self:
        return self
