"""Filters for lists and mappings.

Where a filter takes the name of an attribute, it is a path as in ``author.name``, looked up by the
rules of the sandbox.  All return lists, never generators: a list can be counted and used twice.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from groundup_templating.errors import LimitError, TemplateError, suggest
from groundup_templating.expression_code import needs_lookup
from groundup_templating.filters_text import as_text
from groundup_templating.lookup import Lookup
from groundup_templating.markup import Markup
from groundup_templating.optimizer import pure
from groundup_templating.sandbox import MAX_ITEMS, MAX_TEXT
from groundup_templating.undefined import Undefined

__all__ = ["FILTERS", "Group", "take"]

Key = Callable[[Any], Any]
Path = str | int | None


class Group(NamedTuple):
    """What ``groupby`` makes: a value and the items that have it."""

    grouper: Any
    list: list[Any]


def take(values: Iterable[Any]) -> list[Any]:
    """Return a list of all values, but no endless one."""
    taken = list(islice(values, MAX_ITEMS + 1))
    if len(taken) > MAX_ITEMS:
        raise LimitError(f"a list must have at most {MAX_ITEMS} items")
    return taken


def _make_key(
    lookup: Lookup,
    attribute: Path,
    *,
    case_sensitive: bool = True,
) -> Key:
    def key(item: Any) -> Any:
        value = item if attribute is None else lookup.get_path(item, attribute)
        return value.lower() if isinstance(value, str) and not case_sensitive else value

    return key


def first(values: Iterable[Any]) -> Any:
    """Return the first item, or the empty text."""
    return next(iter(values), "")


def last(values: Iterable[Any]) -> Any:
    """Return the last item, or the empty text."""
    items = take(values)
    return items[-1] if items else ""


@pure
def length(values: Any) -> int:
    """Return how many items or characters there are."""
    return len(values) if hasattr(values, "__len__") else len(take(values))


def reverse(values: Any) -> Any:
    """Return the items, or the letters, the other way round."""
    return values[::-1] if isinstance(values, str) else take(values)[::-1]


def items(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Return the keys and values of a mapping."""
    return list(value.items())


def split(value: str, separator: str | None = None) -> list[str]:
    """Cut a text at spaces or at a separator."""
    return str(value).split(separator)


@needs_lookup
def join(lookup: Lookup, values: Iterable[Any], separator: str = "", attribute: Path = None) -> str:
    """Join items as text; if one of them is HTML, all become HTML."""
    key = _make_key(lookup, attribute)
    texts = [as_text(key(value)) for value in take(values)]
    if sum(map(len, texts)) + len(texts) * len(separator) > MAX_TEXT:
        raise LimitError(f"a text must have at most {MAX_TEXT} characters")
    if any(hasattr(text, "__html__") for text in [separator, *texts]):
        return Markup("").join([separator]).join(texts)
    return separator.join(texts)


@needs_lookup
def sort(
    lookup: Lookup,
    values: Iterable[Any],
    reverse: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    attribute: str | int | None = None,
) -> list[Any]:
    """Sort by the items, or by attributes: ``"age,name"``."""
    paths: list[Path] = [*attribute.split(",")] if isinstance(attribute, str) else [attribute]
    keys = [_make_key(lookup, path, case_sensitive=case_sensitive) for path in paths]
    return sorted(take(values), key=lambda item: [key(item) for key in keys], reverse=reverse)


def dictsort(
    value: Mapping[Any, Any],
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    by: str = "key",
    reverse: bool = False,  # noqa: FBT001, FBT002 - the order that users know
) -> list[tuple[Any, Any]]:
    """Return the items of a mapping, sorted by key or value."""
    position = {"key": 0, "value": 1}.get(by)
    if position is None:
        raise TemplateError(f"dictsort sorts by 'key' or 'value', got {by!r}")

    def key(item: tuple[Any, Any]) -> Any:
        part = item[position]
        return part.lower() if isinstance(part, str) and not case_sensitive else part

    return sorted(value.items(), key=key, reverse=reverse)


@needs_lookup
def unique(
    lookup: Lookup,
    values: Iterable[Any],
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    attribute: Path = None,
) -> list[Any]:
    """Return each item once, the first of those that are equal."""
    key = _make_key(lookup, attribute, case_sensitive=case_sensitive)
    found: dict[Any, Any] = {}
    for value in take(values):
        found.setdefault(key(value), value)
    return list(found.values())


@needs_lookup
def groupby(
    lookup: Lookup,
    values: Iterable[Any],
    attribute: str | int,
    default: Any = None,
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
) -> list[Group]:
    """Return the items in groups with the same attribute, sorted by it."""
    own = _make_key(lookup, attribute)
    groups: dict[Any, Group] = {}
    for item in take(values):
        value = own(item)
        if isinstance(value, Undefined) and default is not None:
            value = default
        key = value.lower() if isinstance(value, str) and not case_sensitive else value
        groups.setdefault(key, Group(value, [])).list.append(item)
    return [groups[key] for key in sorted(groups)]


@needs_lookup
def total(lookup: Lookup, values: Iterable[Any], attribute: Path = None, start: Any = 0) -> Any:
    """Add up numbers."""
    return sum(map(_make_key(lookup, attribute), take(values)), start)


@needs_lookup
def smallest(
    lookup: Lookup,
    values: Iterable[Any],
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    attribute: Path = None,
) -> Any:
    """Return the smallest item, or the empty text."""
    key = _make_key(lookup, attribute, case_sensitive=case_sensitive)
    return min(take(values), key=key, default="")


@needs_lookup
def largest(
    lookup: Lookup,
    values: Iterable[Any],
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    attribute: Path = None,
) -> Any:
    """Return the largest item, or the empty text."""
    key = _make_key(lookup, attribute, case_sensitive=case_sensitive)
    return max(take(values), key=key, default="")


def batch(values: Iterable[Any], size: int, fill: Any = None) -> list[list[Any]]:
    """Return the items in rows of a size; the last row is filled up if ``fill`` is given."""
    if not 1 <= size <= MAX_ITEMS:
        raise TemplateError(f"batch needs a size from 1 to {MAX_ITEMS}, got {size}")
    taken = take(values)
    rows = [taken[start : start + size] for start in range(0, len(taken), size)]
    if fill is not None and rows:
        rows[-1] += [fill] * (size - len(rows[-1]))
    return rows


def columns(values: Iterable[Any], count: int, fill: Any = None) -> list[list[Any]]:
    """Return the items in a number of columns, as even as possible."""
    if not 1 <= count <= MAX_ITEMS:
        raise TemplateError(f"slice needs a number from 1 to {MAX_ITEMS}, got {count}")
    taken = take(values)
    size, longer = divmod(len(taken), count)
    result: list[list[Any]] = []
    position = 0
    for number in range(count):
        end = position + size + (number < longer)
        column = taken[position:end]
        if fill is not None and number >= longer > 0:
            column.append(fill)
        result.append(column)
        position = end
    return result


@needs_lookup
def map_values(
    lookup: Lookup, values: Iterable[Any], name: str | None = None, *arguments: Any, **named: Any
) -> list[Any]:
    """Apply a filter to each item, or look up an attribute: ``map(attribute="name")``."""
    taken = take(values)
    if "attribute" in named:
        path, missing = named["attribute"], named.get("default")
        found = (lookup.get_path(value, path) for value in taken)
        return [
            missing if "default" in named and isinstance(item, lookup.undefined) else item
            for item in found
        ]
    function = _find(lookup, lookup.filters, "filter", name)
    return [function(value, *arguments, **named) for value in taken]


def _find(
    lookup: Lookup, table: Mapping[str, Callable[..., Any]], kind: str, name: str | None
) -> Callable[..., Any]:
    function = table.get(name or "")
    if function is None:
        raise TemplateError(f"unknown {kind} {name!r}{suggest(name or '', table)}")
    if getattr(function, "needs_lookup", False):
        return lambda *arguments, **named: function(lookup, *arguments, **named)
    return function


def _make_chooser(*, by_attribute: bool, wanted: bool) -> Callable[..., list[Any]]:
    def choose(lookup: Lookup, values: Iterable[Any], *arguments: Any) -> list[Any]:
        rest = list(arguments)
        key = _make_key(lookup, rest.pop(0) if by_attribute else None)
        test: Callable[..., Any] = bool
        if rest:
            test = _find(lookup, lookup.tests, "test", rest.pop(0))
        return [value for value in take(values) if bool(test(key(value), *rest)) is wanted]

    return needs_lookup(choose)


@needs_lookup
def attr(lookup: Lookup, value: Any, name: str) -> Any:
    """Return an attribute whose name is a value."""
    return lookup.get_path(value, name)


FILTERS: dict[str, Callable[..., Any]] = {
    "attr": attr,
    "batch": batch,
    "count": length,
    "dictsort": dictsort,
    "first": first,
    "groupby": groupby,
    "items": items,
    "join": join,
    "last": last,
    "length": length,
    "list": take,
    "map": map_values,
    "max": largest,
    "min": smallest,
    "reject": _make_chooser(by_attribute=False, wanted=False),
    "rejectattr": _make_chooser(by_attribute=True, wanted=False),
    "reverse": reverse,
    "select": _make_chooser(by_attribute=False, wanted=True),
    "selectattr": _make_chooser(by_attribute=True, wanted=True),
    "slice": columns,
    "sort": sort,
    "split": split,
    "sum": total,
    "unique": unique,
}
