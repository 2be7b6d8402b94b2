"""The tree of segments, and the walk of a path through it.

    /users          ''                   each node is a dictionary of its static segments,
    /users/me        ├─ users *          and beside it has:
    /users/:id       │   ├─ me *           limited   children for typed, regex, mixed segments
    /files/*         │   └─ :id *          plain     the child for :name
                     └─ files              rest      the routes of a wildcard
                         └─ * *            routes    the routes that end here

A path takes the first choice that fits at each node, and comes back for the next one when that way
ends without a route.  `Tree.search` does just that, and records it for `explain`.  A request is in
more of a hurry: `source` writes the same walk as Python, with the tree's answers in it.  Patterns
without parameters are also kept whole, in one dictionary.

A tree does not change once it is built, so any number of threads may walk through it.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from groundup_router.errors import PathError
from groundup_router.match import Match, Route, read_params
from groundup_router.segments import Mixed, Param, Segment, Static, Wildcard

__all__ = ["ANY", "MAX_PATH", "Node", "Routes", "Step", "Tree", "pick", "split_path"]

MAX_PATH = 8192  # characters
ANY = ""  # the key of a route for every method: no method is empty

Routes = dict[str | None, Route]
"""The routes of one node by method; under None the one for whoever names no method."""

NOTHING: Routes = {}


class Step(NamedTuple):
    """One thing that a search tried: for `explain`.

    Attributes:
        depth: The index of the segment.
        label: What was tried, as it is written in a pattern.
        reason: Why it did not fit; empty when it did.
        names: The static segments that were there, when none of them fitted.
    """

    depth: int
    label: str
    reason: str = ""
    names: Collection[str] = ()


class Node(dict[str, "Node"]):
    """What may follow a part of a path: static segments as items, the rest as attributes."""

    __slots__ = (
        "below", "depth", "fixed", "label", "limited", "plain", "rest", "routes", "size"
    )  # fmt: skip

    def __init__(self, depth: int = 0, label: str = "") -> None:
        super().__init__()
        self.depth = depth  # the index of the segment to look at here
        self.label = label
        self.limited: list[tuple[Param | Mixed, Node]] = []
        self.plain: Node | None = None
        self.rest = NOTHING
        self.routes = NOTHING
        self.fixed = True  # no parameter on the way to it
        self.size = 0  # nodes at or below it where routes end
        # Methods of the routes below it, apart from those that are one path each.
        self.below: frozenset[str | None] = frozenset()


class Tree:
    """All routes by their segments: the walk in plain words, which `finder` must agree with."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.root = Node()
        self.methods: set[str | None] = {None, ANY}
        whole: dict[str, Node] = {}
        for route in routes:
            node = self._insert(route)
            self.methods.update(route.methods or ())
            if route.parsed.is_static:
                whole[route.pattern.replace("::", ":")] = node
        if "GET" in self.methods:
            self.methods.add("HEAD")
        settle(self.root, {})
        self.whole = {path: node.routes for path, node in whole.items()}

    def _insert(self, route: Route) -> Node:
        node = self.root
        *front, last = route.parsed.segments
        for segment in front:
            node = find_child(node, segment)
        if isinstance(last, Wildcard):
            node.rest = add_route(node.rest, route)
            return node
        node = find_child(node, last)
        node.routes = add_route(node.routes, route)
        return node

    def search(
        self, path: str, method: str | None, steps: list[Step] | None = None
    ) -> Match | None:
        """Return the match of a path by trying all ways in order; ``steps`` records them."""
        for routes, segments in self.every(path, steps):
            if route := pick(routes, method):
                return Match(route, read_params(route.parsed, segments))
            if steps is not None:
                steps.append(refuse_method(routes, method, len(segments)))
        return None

    def every(
        self, path: str, steps: list[Step] | None = None
    ) -> Iterator[tuple[Routes, list[Any]]]:
        """Yield the routes of all patterns that fit a path, in order of precedence.

        The segments that come with them hold the converted values until the next step.
        """
        segments = split_path(path)
        values: list[Any] = list(segments)
        for routes in descend(
            self.root, segments, values, steps if steps is not None else Unread()
        ):
            yield routes, values


class Unread(list[Step]):
    """Where steps go that nobody will read."""

    def append(self, step: Step, /) -> None:
        """Forget the step."""


def split_path(path: str) -> list[str]:
    """Return the segments of a path, decoded after they were divided.

    >>> split_path("/files/a%2Fb")
    ['', 'files', 'a/b']

    Raises:
        PathError: It is too long (414), or its bytes are not UTF-8 (400).
    """
    if len(path) > MAX_PATH:
        msg = f"path must be at most {MAX_PATH} characters, got {len(path)}"
        raise PathError(msg, status=414)
    segments = path.split("/")
    if "%" not in path:
        return segments
    try:
        return [unquote(text, errors="strict") if "%" in text else text for text in segments]
    except UnicodeDecodeError:
        raise PathError(f"path must be UTF-8, percent-encoded, got {path[:40]!r}") from None


def pick(routes: Routes, method: str | None) -> Route | None:
    """Return the route for a method, or None."""
    return routes.get(method) or routes.get(ANY)


def refuse_method(routes: Routes, method: str | None, depth: int) -> Step:
    """Return the step that says which methods a pattern has."""
    names = sorted(name for name in routes if name)
    (pattern, *_) = sorted({route.pattern for route in routes.values()})
    return Step(depth, pattern, f"has {', '.join(names)} but not {method}")


def descend(
    node: Node, segments: list[str], values: list[Any], steps: list[Step]
) -> Iterator[Routes]:
    """Yield the routes of all ways from one node on, the preferred way first."""
    depth = node.depth
    if depth == len(segments):
        if node.routes:
            yield node.routes
        else:
            steps.append(Step(depth, "", "no route ends here"))
        return
    text = segments[depth]
    for child in choices(node, text, values, steps):
        yield from descend(child, segments, values, steps)
        values[depth] = text
    if node.rest:
        steps.append(Step(depth, "*"))
        yield node.rest


def choices(node: Node, text: str, values: list[Any], steps: list[Step]) -> Iterator[Node]:
    """Yield the children of a node that a segment fits, in order, and its value for each."""
    depth = node.depth
    child = node.get(text)
    if child is not None:
        steps.append(Step(depth, child.label))
        yield child
    elif node:
        steps.append(Step(depth, "", "none of the names here", node.keys()))
    for segment, child in node.limited if text else ():
        try:
            values[depth] = segment.parse(text)
        except ValueError as error:
            steps.append(Step(depth, str(segment), str(error)))
            continue
        steps.append(Step(depth, str(segment)))
        yield child
    if text and node.plain is not None:
        steps.append(Step(depth, node.plain.label))
        yield node.plain


def find_child(node: Node, segment: Segment) -> Node:
    """Return the child of a node for a segment, made if need be."""
    label = str(segment)
    match segment:
        case Static(text):
            return node.setdefault(text, Node(node.depth + 1, label))
        case Param(converter=None):
            if node.plain is None:
                node.plain = Node(node.depth + 1, label)
            node.plain.label = min(node.plain.label, label)
            return node.plain
        case Param() | Mixed():
            for other, child in node.limited:
                if other.key == segment.key:
                    return child
            child = Node(node.depth + 1, label)
            node.limited.append((segment, child))
            return child
        case Wildcard():
            raise TypeError("a wildcard has no child")


def add_route(routes: Routes, route: Route) -> Routes:
    """Return the routes of a node with one more."""
    return {**routes, **dict.fromkeys(route.methods or (ANY,), route)}


def settle(node: Node, known: dict[frozenset[str | None], Any], *, fixed: bool = True) -> None:
    """Complete a node and all below it, when every route is in."""
    node.fixed = fixed
    node.routes, node.rest = complete(node.routes), complete(node.rest)
    node.limited.sort(key=lambda pair: pair[0].key)
    node.size = bool(node.routes) + bool(node.rest)
    below = set(node.rest)
    for child in node.values():
        settle(child, known, fixed=fixed)
    varied = [child for _, child in node.limited]
    if node.plain is not None:
        varied.append(node.plain)
    for child in varied:
        settle(child, known, fixed=False)
    for child in (*node.values(), *varied):
        node.size += child.size
        below |= child.below if child.fixed else child.below | child.routes.keys()
    node.below = known.setdefault(frozenset(below), frozenset(below))


def complete(routes: Routes) -> Routes:
    """Return routes in which HEAD is answered by GET, and None by one that is always the same."""
    if not routes:
        return NOTHING
    routes = dict(sorted(routes.items(), key=lambda item: item[0] or ""))
    if "GET" in routes:
        routes.setdefault("HEAD", routes["GET"])
    preferred = routes.get(ANY) or routes.get("GET") or next(iter(routes.values()))
    return {None: preferred, **routes}
