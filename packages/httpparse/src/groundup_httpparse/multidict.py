"""A mapping in which a name may have several values: the fields of a query or a form.

    tag=web&page=2&tag=http     "tag"  -> "web", "http"
                                "page" -> "2"

A look-up gives the first value, as most readers of a query expect; ``getlist`` gives all of them.
It cannot be changed, so it may be shared: what a client sent is a fact.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast, overload

__all__ = ["MultiDict", "Pairs", "read_pairs"]

V_co = TypeVar("V_co", covariant=True)
T = TypeVar("T")

Pairs = Mapping[str, str] | Iterable[tuple[str, str]]


def read_pairs(pairs: Pairs) -> Iterable[tuple[str, str]]:
    """Return the pairs of a mapping, or of what has pairs already."""
    if type(pairs) is dict or isinstance(pairs, Mapping):  # the first is the quick answer
        return cast("Mapping[str, str]", pairs).items()
    return pairs


class MultiDict(Mapping[str, V_co]):
    """A read-only mapping of names to one or more values, in the order in which they came.

    >>> query = MultiDict([("tag", "web"), ("page", "2"), ("tag", "http")])
    >>> query["tag"], query.getlist("tag"), query.get("missing")
    ('web', ['web', 'http'], None)
    >>> query.to_dict()
    {'tag': 'web', 'page': '2'}

    Tasks and threads may share it.
    """

    __slots__ = ("_items", "_values")

    def __init__(self, items: Iterable[tuple[str, V_co]] = ()) -> None:
        self._items = list(items)
        self._values: dict[str, list[V_co]] = {}
        values = self._values
        for name, value in self._items:
            if name in values:
                values[name].append(value)
            else:
                values[name] = [value]

    def __getitem__(self, name: str) -> V_co:
        return self._values[name][0]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, MultiDict):
            return bool(self._values == cast("Any", other)._values)
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as for every mapping: values may be anything

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"

    @overload
    def get(self, name: str, default: None = None, /) -> V_co | None: ...
    @overload
    def get(self, name: str, default: V_co | T, /) -> V_co | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        """Return the first value of a name, or the default."""
        values = self._values.get(name)
        return default if values is None else values[0]

    def getlist(self, name: str) -> list[V_co]:
        """Return all values of a name in their order, none when it is missing."""
        return list(self._values.get(name, ()))

    def multi_items(self) -> list[tuple[str, V_co]]:
        """Return every name with its value, repeated names included, in the order they came."""
        return list(self._items)

    def to_dict(self) -> dict[str, V_co]:
        """Return an ordinary dictionary of the first values."""
        return {name: values[0] for name, values in self._values.items()}
