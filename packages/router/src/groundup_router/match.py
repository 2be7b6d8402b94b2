"""A route, and what comes of matching a path against it.

    Route   ("/users/:id", handler, methods, name, place)     one per `add`
    Match   (route, params)                                   one per request

Both are made to be read.  A match is made for every request, so it holds two references and
computes the rest: that is what keeps a look-up below a microsecond.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundup_router.pattern import Pattern
from groundup_router.segments import Mixed, Wildcard

__all__ = ["Match", "Route", "make_reader", "make_route"]

Reader = Callable[[list[Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A handler and the requests that it answers.  Immutable, so free to share.

    Attributes:
        pattern: As it was written, with the prefixes of its groups before it.
        methods: In capitals and sorted; None means every method.
        name: For ``url_for``.
        handler: Whatever was added.
        place: The ``file:line`` that added it.
    """

    pattern: str
    methods: tuple[str, ...] | None
    name: str | None
    handler: Any
    place: str
    parsed: Pattern = field(repr=False)
    read: Reader = field(repr=False)

    def __str__(self) -> str:
        return f"{','.join(self.methods or ('any',))} {self.pattern} ({self.place})"


class Match(Mapping[str, Any]):
    """The route of a path and the values of its parameters.

    It answers ``match.params`` and ``match["params"]`` alike.  It belongs to the request that
    asked, and so does ``params``: changing it changes nothing else.
    """

    __slots__ = ("params", "route")

    def __init__(self, route: Route, params: dict[str, Any]) -> None:
        self.route = route
        self.params = params

    @property
    def handler(self) -> Any:
        """What was added for this route."""
        return self.route.handler

    @property
    def pattern(self) -> str:
        """The pattern of the route, for logs: it has no values in it."""
        return self.route.pattern

    @property
    def name(self) -> str | None:
        """The name of the route."""
        return self.route.name

    def __getitem__(self, key: str, /) -> Any:
        if key == "params":
            return self.params
        if key in KEYS:
            return getattr(self.route, key)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(KEYS)

    def __len__(self) -> int:
        return len(KEYS)

    def __repr__(self) -> str:
        return f"<Match {self.pattern} {self.params}>"


KEYS = ("handler", "params", "pattern", "name")


def make_route(
    parsed: Pattern, handler: Any, methods: tuple[str, ...] | None, name: str | None, place: str
) -> Route:
    """Return a route for a pattern that has been read."""
    return Route(parsed.text, methods, name, handler, place, parsed, make_reader(parsed))


def make_reader(pattern: Pattern) -> Reader:
    """Return the function that picks the parameters out of the segments of a path.

    The tree leaves values where it has converted text, and a tuple for a mixed segment.

    >>> from groundup_router.pattern import parse_pattern
    >>> make_reader(parse_pattern("/users/:id/*"))(["", "users", "7", "a", "b"])
    {'id': '7', '*': 'a/b'}
    """
    *front, last = pattern.segments
    single: list[tuple[str, int]] = []
    mixed: list[tuple[tuple[str, ...], int]] = []
    for at, segment in enumerate(pattern.segments):
        if isinstance(segment, Mixed):
            mixed.append((segment.names, at))
        elif segment.names and not isinstance(segment, Wildcard):
            single.append((segment.names[0], at))
    read = read_few(single)
    if isinstance(last, Wildcard):
        read = read_rest(read, last.name, len(front))
    return read_mixed(read, mixed, pattern.names) if mixed else read


def read_few(params: list[tuple[str, int]]) -> Reader:
    """Return the reader of whole segments: a dict display each for the usual numbers of them.

    A display with the names in closure cells takes half of the time of a comprehension.
    """
    match params:
        case []:
            return lambda _: {}
        case [(a, at_a)]:
            return lambda segments: {a: segments[at_a]}
        case [(a, at_a), (b, at_b)]:
            return lambda segments: {a: segments[at_a], b: segments[at_b]}
        case [(a, at_a), (b, at_b), (c, at_c)]:
            return lambda segments: {a: segments[at_a], b: segments[at_b], c: segments[at_c]}
        case [(a, at_a), (b, at_b), (c, at_c), (d, at_d)]:
            return lambda segments: {
                a: segments[at_a], b: segments[at_b], c: segments[at_c], d: segments[at_d]
            }  # fmt: skip
        case _:
            return lambda segments: {name: segments[at] for name, at in params}


def read_rest(read: Reader, name: str, start: int) -> Reader:
    """Return a reader that adds the rest of the path.

    A slash inside a segment came as ``%2F``, and is given back as that: as a slash it would be
    taken for the border of two segments.
    """

    def read_all(segments: list[Any]) -> dict[str, Any]:
        params = read(segments)
        params[name] = "/".join([text.replace("/", "%2F") for text in segments[start:]])
        return params

    return read_all


def read_mixed(
    read: Reader, mixed: list[tuple[tuple[str, ...], int]], order: tuple[str, ...]
) -> Reader:
    """Return a reader that adds the values of mixed segments, and keeps the pattern's order."""

    def read_all(segments: list[Any]) -> dict[str, Any]:
        params = read(segments)
        for names, at in mixed:
            params.update(zip(names, segments[at], strict=True))
        return {name: params[name] for name in order}

    return read_all
