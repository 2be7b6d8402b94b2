"""Say which layers must stand outside of which, and check a chain before its first request.

    session_middleware(...)                       outside
      csrf_middleware()        requires sessions  ─ fine
    compression()
      cors(...)                before compression ─ wrong: cors must be outside of it

A chain in the wrong order does not fail: it lets a form pass, counts the proxy as the one client
there is, or sends an error that no browser may read.  So a layer carries what it needs, as one
attribute of plain data that any package can set without importing this one:

    layer.__groundup_order__ = {"name": "csrf", "requires": ["sessions"]}

    name       what others call it; without, the names of its function and its factory
    requires   these must be there, and outside of it
    after      if these are there, they must be outside of it
    before     if these are there, they must be inside of it
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from groundup_compose.errors import OrderError
from groundup_compose.factories import find_note
from groundup_compose.show import find_name, format_place
from groundup_middleware import Layer, Pipeline, name_of

__all__ = ["check_order", "ordered"]

ORDER = "__groundup_order__"
KEYS = {"name", "requires", "after", "before"}

LayerT = TypeVar("LayerT", bound=Callable[..., Any])


class Place(NamedTuple):
    """A layer of the chain: how far inside it stands, and what it says about that."""

    depth: int
    branches: dict[int, int]  # for each fork of the chain that it is in, the number of its branch
    title: str
    names: frozenset[str]
    requires: frozenset[str]
    after: frozenset[str]
    before: frozenset[str]


def ordered(
    layer: LayerT,
    name: str | None = None,
    *,
    requires: str | Iterable[str] = (),
    after: str | Iterable[str] = (),
    before: str | Iterable[str] = (),
) -> LayerT:
    """Declare the place of a layer in a chain, and return the layer.

    What is given replaces what the layer said before.

    >>> from groundup_middleware import Pipeline
    >>> def sessions(request, next): ...
    >>> def csrf(request, next): ...
    >>> pipeline = Pipeline([ordered(csrf, requires="sessions"), sessions])
    >>> try:
    ...     check_order(pipeline)
    ... except OrderError as error:
    ...     print(str(error).replace(format_place(csrf), "app.py:9"))  # doctest: +ELLIPSIS
    csrf (app.py:9) must stand inside of sessions (...)
    """
    given = {
        "name": name,
        "requires": several(requires),
        "after": several(after),
        "before": several(before),
    }
    known = read_order(layer)
    setattr(layer, ORDER, {**known, **{key: value for key, value in given.items() if value}})
    return layer


def several(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one name or several as several."""
    return (given,) if isinstance(given, str) else tuple(given)


def read_order(layer: Callable[..., Any]) -> Mapping[str, Any]:
    """Return what a layer says about its place.

    Raises:
        TypeError: It says something that nobody understands.
    """
    said: Mapping[str, Any] = getattr(layer, ORDER, {})
    if unknown := sorted(set(said) - KEYS):
        msg = f"{find_title(layer)}: an order says {sorted(KEYS)}, got {unknown}"
        raise TypeError(msg)
    return said


def find_title(layer: Callable[..., Any]) -> str:
    """Return what error messages call a layer."""
    name = getattr(layer, ORDER, {}).get("name") or find_name(layer)
    place = format_place(layer)
    return f"{name} ({place})" if place else str(name)


def find_names(layer: Callable[..., Any]) -> frozenset[str]:
    """Return what a layer is called if it does not say: label, function, and what made it.

    >>> from groundup_compose.cors import cors
    >>> sorted(find_names(cors("*")))
    ['allow', 'cors']
    """
    name = name_of(layer)
    return frozenset({find_name(layer).partition("(")[0], *name.split(".<locals>.")})


def find_place(layer: Layer, depth: int, branches: dict[int, int]) -> Place:
    """Return the place of a layer that stands here."""
    said = read_order(layer)
    name: str | None = said.get("name")
    wishes = [frozenset(several(said.get(key, ()))) for key in ("requires", "after", "before")]
    names = find_names(layer) if name is None else frozenset({name})
    return Place(depth, branches, find_title(layer), names, *wishes)


def check_order(chain: Pipeline | Iterable[Layer]) -> None:
    """Check that each layer of a chain stands where it says that it must; call this at start.

    Layers that were made of others (``stack``, ``when``) count with those inside of them.  Those of
    a ``parallel``, or of both sides of a ``when``, stand beside each other: none is outside.

    Args:
        chain: A pipeline, or all layers that a request meets, outermost first: those of the
            application and then those of its route.

    Raises:
        OrderError: At least one does not; the message has a line for each.
    """
    layers = chain.layers if isinstance(chain, Pipeline) else tuple(chain)
    places = list(walk(layers, 0, {}))
    problems = [problem for place in places for problem in find_problems(place, places)]
    if problems:
        raise OrderError("\n".join(dict.fromkeys(problems)))


def walk(layers: Iterable[Layer], depth: int, branches: dict[int, int]) -> Iterator[Place]:
    """Yield the places of layers, and of those that they were made of, outermost first."""
    for layer in layers:
        places = [find_place(layer, depth, branches), *walk_inside(layer, depth + 1, branches)]
        yield from places
        depth = max(place.depth for place in places) + 1


def walk_inside(layer: Layer, depth: int, branches: dict[int, int]) -> Iterator[Place]:
    """Yield the places of the layers that one was made of."""
    note = find_note(layer)
    if note is None:
        return
    if not note.together:
        yield from walk(note.layers, depth, branches)
        return
    for number, inner in enumerate(note.layers):
        yield from walk([inner], depth, {**branches, depth: number})


def is_outside(one: Place, other: Place) -> bool:
    """Return whether one layer is called before another, and calls it."""
    beside = any(
        other.branches.get(fork, number) != number for fork, number in one.branches.items()
    )
    return one.depth < other.depth and not beside


def find_problems(place: Place, places: list[Place]) -> Iterator[str]:
    """Yield what is wrong with the place of one layer."""
    for name in sorted(place.requires | place.after):
        found = [other for other in places if name in other.names]
        if not found and name in place.requires:
            yield f"{place.title} requires {name!r}, and there is none in the chain"
        elif found and not any(is_outside(other, place) for other in found):
            yield f"{place.title} must stand inside of {found[0].title}"
    for other in places:
        if other.names & place.before and not is_outside(place, other):
            yield f"{other.title} must stand inside of {place.title}"
