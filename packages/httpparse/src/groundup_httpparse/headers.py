"""Header fields: case-insensitive, ordered, multi-valued: RFC 9110, section 5.

    Accept: text/html           headers["accept"]  -> "text/html, text/plain"
    ACCEPT: text/plain          headers.getlist("Accept") -> ["text/html", "text/plain"]

One line split in two means the same as one line, so a look-up joins what was repeated; the order
and the spelling of each line are kept.  The same class is read from requests and written to
responses, and everything written is checked at that moment: a line break in a value would start
another field, or another response.

The fields are a list of pairs.  An index by lower-case name is made at the first look-up, because
many messages never see one.  Copies share list and index until one of them is changed.
"""

# ruff: noqa: SLF001 - the methods that make another object fill it themselves

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Self, TypeVar, overload

from groundup_httpparse.errors import HeaderError
from groundup_httpparse.grammar import FIELD_VALUE, TOKEN, shorten
from groundup_httpparse.multidict import Pairs, read_pairs

__all__ = ["Headers"]

T = TypeVar("T")
new = object.__new__


class Headers(MutableMapping[str, str]):
    r"""The fields of one message.

    >>> headers = Headers({"Content-Type": "text/html"})
    >>> headers["content-type"]
    'text/html'
    >>> headers.add("Vary", "Accept")
    >>> headers.add("vary", "Cookie")
    >>> headers["Vary"], headers.getlist("Vary"), len(headers)
    ('Accept, Cookie', ['Accept', 'Cookie'], 2)
    >>> headers["X-Name"] = "a\r\nSet-Cookie: admin=1"
    Traceback (most recent call last):
    groundup_httpparse.errors.HeaderError: field value must be one line of text, got 'a\r\nSet...

    Tasks and threads may read it together; while one changes it, no other may use it.
    """

    __slots__ = ("_index", "_items")

    # A tuple is shared with copies, and so is the index beside it; a list belongs to this object.
    _items: list[tuple[str, str]] | tuple[tuple[str, str], ...]
    _index: dict[str, str] | None  # lower-case name -> all values joined

    def __init__(self, items: Pairs = ()) -> None:
        self._index = None
        if not isinstance(items, dict) and isinstance(items, Headers):  # the first is quick
            self._items = tuple(items._items)
            return
        pairs = read_pairs(items)  # pyright: ignore[reportUnknownArgumentType]  # a dict of str
        self._items = [(_check_name(name), _check_value(value)) for name, value in pairs]

    @classmethod
    def from_trusted(cls, items: list[tuple[str, str]]) -> Self:
        """Take over a list of pairs that are known to be valid, without check and without copy.

        The list is given away: whoever changes it afterwards changes these fields, perhaps.
        """
        headers = cls.__new__(cls)
        headers._items = items
        headers._index = None
        return headers

    def __getitem__(self, name: str) -> str:
        return (self._index or self._make_index())[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        """Set the only value of a name, at the place of its first line or at the end."""
        pair = _check_name(name), _check_value(value)
        key = name.lower()
        items, index = self._own()
        if key in index:
            places = [at for at, (other, _) in enumerate(items) if other.lower() == key]
            items[places[0]] = pair
            for at in reversed(places[1:]):
                del items[at]
        else:
            items.append(pair)
        index[key] = value

    def __delitem__(self, name: str) -> None:
        key = name.lower()
        items, index = self._own()
        del index[key]
        items[:] = [pair for pair in items if pair[0].lower() != key]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in (self._index or self._make_index())

    def __iter__(self) -> Iterator[str]:
        """Yield each name once, spelled as in its first line."""
        names: dict[str, str] = {}
        for name, _ in self._items:
            names.setdefault(name.lower(), name)
        return iter(list(names.values()))

    def __len__(self) -> int:
        return len(self._index or self._make_index())

    def __eq__(self, other: object) -> bool:
        """Compare the values of each name; the order of different names means nothing."""
        if isinstance(other, Headers):
            return self._lists() == other._lists()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as for every mapping that can change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._items)!r})"

    @overload
    def get(self, name: str, default: None = None, /) -> str | None: ...
    @overload
    def get(self, name: str, default: str, /) -> str: ...
    @overload
    def get(self, name: str, default: T, /) -> str | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        """Return the joined values of a name, or the default."""
        return (self._index or self._make_index()).get(name.lower(), default)

    def getlist(self, name: str) -> list[str]:
        """Return the value of each line of a name, none when it is missing."""
        key = name.lower()
        if key not in (self._index or self._make_index()):
            return []
        return [value for other, value in self._items if other.lower() == key]

    def add(self, name: str, value: str) -> None:
        """Append one more line, whatever there is already.

        Raises:
            HeaderError: The name is no token, or the value has a line break or a control in it.
        """
        pair = _check_name(name), _check_value(value)
        items, index = self._own()
        items.append(pair)
        _join(index, name.lower(), value)

    def fill(self, defaults: "Headers") -> None:
        """Take over the lines of others whose names are missing here.

        >>> headers = Headers({"content-type": "text/html"})
        >>> headers.fill(Headers({"Content-Type": "text/plain", "Vary": "Cookie"}))
        >>> headers.multi_items()
        [('content-type', 'text/html'), ('Vary', 'Cookie')]
        """
        index = self._index or self._make_index()
        missing = [pair for pair in defaults._items if pair[0].lower() not in index]
        if missing:
            items, index = self._own()
            items += missing
            for name, value in missing:
                _join(index, name.lower(), value)

    def multi_items(self) -> list[tuple[str, str]]:
        """Return every line as (name, value), in their order."""
        return list(self._items)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every line as ``multi_items`` does; the tuple may be one that copies share."""
        return tuple(self._items)

    def lowered(self) -> Mapping[str, str]:
        """Return the joined values by lower-case name: the quick way to many look-ups in a row.

        It is the index itself: valid until the fields change.
        """
        return self._index or self._make_index()

    def copy(self) -> Self:
        """Return fields of its own: cheap, because nothing is copied until one is changed."""
        items = self._items
        if type(items) is list:
            self._items = items = tuple(items)
        other = self.__class__.__new__(self.__class__)
        other._items = items
        other._index = self._index
        return other

    __copy__ = copy

    def share(self) -> "Headers":
        """Return a copy of fields that are a copy themselves: ``copy``, but without a question."""
        other = new(Headers)
        other._items = self._items
        other._index = self._index
        return other

    def insert_trusted(self, place: int, name: str, value: str) -> Self:
        """Return a copy with one more line before the one at a place; it is not checked."""
        return self.insert_all_trusted(((place, name, value),))

    def insert_all_trusted(self, lines: Iterable[tuple[int, str, str]]) -> Self:
        """Return a copy with more lines, each before the one at its place; they are not checked.

        Insert from the end, so that the places in front stay what they were.
        """
        items, index = list(self._items), self._index
        if index is not None:
            index = index.copy()
        for place, name, value in lines:
            items.insert(place, (name, value))
            if index is not None:
                key = name.lower()
                if key in index:
                    index = None  # the order decides what it says: made when somebody asks
                else:
                    index[key] = value
        other = self.__class__.__new__(self.__class__)
        other._items = items
        other._index = index
        return other

    def _own(self) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """Return list and index, which from now on belong to this object alone."""
        index = self._index or self._make_index()
        items = self._items
        if type(items) is not list:
            self._items = items = list(items)
            self._index = index = index.copy()
        return items, index

    def _make_index(self) -> dict[str, str]:
        index = {name.lower(): value for name, value in self._items}
        if len(index) != len(self._items):
            index = dict[str, str]()
            for name, value in self._items:
                _join(index, name.lower(), value)
        self._index = index  # at the end and as a whole, for readers in other threads
        return index

    def _lists(self) -> dict[str, list[str]]:
        lists: dict[str, list[str]] = {}
        for name, value in self._items:
            lists.setdefault(name.lower(), []).append(value)
        return lists


def _join(index: dict[str, str], key: str, value: str) -> None:
    """Add one more value to an index, by the rules of decision 0008."""
    earlier = index.get(key)
    if earlier is None:
        index[key] = value
    elif key != "set-cookie":  # its values have commas inside, so they cannot be joined
        index[key] = f"{earlier}; {value}" if key == "cookie" else f"{earlier}, {value}"


def _check_name(name: str) -> str:
    try:
        if TOKEN.fullmatch(name):
            return name
    except TypeError:
        raise TypeError(f"field name must be a str, got {type(name).__name__}") from None
    raise HeaderError(f"field name must be a token, got {shorten(name)}")


def _check_value(value: str) -> str:
    try:
        if FIELD_VALUE.fullmatch(value):
            return value
    except TypeError:
        raise TypeError(f"field value must be a str, got {type(value).__name__}") from None
    if any(character > "\xff" for character in value):
        raise HeaderError(
            f"field value must be ISO-8859-1, got {shorten(value)}: percent-encode what is not"
        )
    raise HeaderError(f"field value must be one line of text, got {shorten(value)}")
