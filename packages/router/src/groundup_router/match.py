"""A route, and what comes of matching a path against it.

    Route   ("/users/:id", handler, methods, name, place)     one per `add`
    Match   (route, params)                                   one per request

Both are made to be read.  A match is made for every request, so it holds two references and
computes the rest: that is what keeps a look-up below a microsecond.  ``handler`` and ``params``
are asked for once a request, so they come first in ``__getitem__``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundup_router.pattern import Pattern
from groundup_router.segments import Mixed, Param, Static, Wildcard

__all__ = ["Match", "Route", "join_rest", "make_route", "read_params"]


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
        if key == "handler":
            return self.route.handler
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
    return Route(parsed.text, methods, name, handler, place, parsed)


def read_params(pattern: Pattern, segments: list[Any]) -> dict[str, Any]:
    """Pick the parameters out of the segments of a path.

    The tree leaves values where it has converted text, and a tuple for a mixed segment.

    >>> from groundup_router.pattern import parse_pattern
    >>> read_params(parse_pattern("/users/:id/*"), ["", "users", "7", "a", "b"])
    {'id': '7', '*': 'a/b'}
    """
    params: dict[str, Any] = {}
    for at, segment in enumerate(pattern.segments):
        match segment:
            case Wildcard(name):
                params[name] = join_rest(segments, at)
            case Mixed(names=names):
                params.update(zip(names, segments[at], strict=True))
            case Param(name):
                params[name] = segments[at]
            case Static():
                pass
    return params


def join_rest(segments: list[str], start: int) -> str:
    """Return the rest of a path.

    A slash inside a segment came as ``%2F``, and is given back as that: as a slash it would be
    taken for the border of two segments.
    """
    rest = "/".join(segments[start:])
    if rest.count("/") < len(segments) - start:  # only those that stand between the segments
        return rest
    return "/".join([text.replace("/", "%2F") for text in segments[start:]])
