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

    __slots__ = ("_first", "_items", "_lists")

    def __init__(self, items: Iterable[tuple[str, V_co]] = ()) -> None:
        self._items = pairs = list(items)
        self._first: dict[str, V_co] = dict(pairs)
        if len(self._first) != len(pairs):  # a name is repeated: its last value is there now
            self._first = dict(reversed(pairs))
            self._first = {name: self._first[name] for name, _ in pairs}
        self._lists: dict[str, list[V_co]] | None = None

    def __getitem__(self, name: str) -> V_co:
        return self._first[name]

    def __contains__(self, name: object) -> bool:
        return name in self._first

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._first)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, MultiDict):
            return bool(self._group() == cast("Any", other)._group())
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
        return self._first.get(name, default)

    def getlist(self, name: str) -> list[V_co]:
        """Return all values of a name in their order, none when it is missing."""
        if len(self._first) == len(self._items):
            return [self._first[name]] if name in self._first else []
        return list(self._group().get(name, ()))

    def multi_items(self) -> list[tuple[str, V_co]]:
        """Return every name with its value, repeated names included, in the order they came."""
        return list(self._items)

    def to_dict(self) -> dict[str, V_co]:
        """Return an ordinary dictionary of the first values."""
        return dict(self._first)

    def _group(self) -> dict[str, list[V_co]]:
        """Return all values by name; once made, they are kept."""
        if self._lists is None:
            lists: dict[str, list[V_co]] = {}
            for name, value in self._items:
                lists.setdefault(name, []).append(value)
            self._lists = lists
        return self._lists
