"""A router: it finds the handler for the path of a request.

The routes are a tree with a level for each segment.  A path walks down from the root, at each node
first by its text, then as a parameter, last into a wildcard, and comes back from where no route is.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

Route = tuple[list[str], Any]  # the names of its parameters, and its handler
Routes = dict[str | None, Route]  # by method; under None the one for every method


class Node:
    """What may follow a part of a path."""

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.routes: Routes = {}  # that end here
        self.rest: Routes = {}  # that end in a wildcard


class Router:
    """Keeps routes and finds the one for a path."""

    def __init__(self) -> None:
        self._root = Node()

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        """Add a handler for a pattern, for some methods or (None) for every method."""
        node, parts = self._root, pattern.split("/")
        wild = parts[-1] == "*"
        for part in parts[:-1] if wild else parts:
            if part.startswith(":"):
                node.parameter = node.parameter or Node()
                node = node.parameter
            else:
                node = node.children.setdefault(part, Node())
        names = [part[1:] for part in parts if part.startswith(":")]
        for method in methods or (None,):
            (node.rest if wild else node.routes)[method] = (names, handler)

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Return {"handler": ..., "params": {...}} for a path, or None."""
        return find(self._root, path.split("/"), [], method)


def find(
    node: Node, segments: list[str], values: list[str], method: str | None
) -> dict[str, Any] | None:
    """Return the match for what is left of a path, or None when this way leads nowhere."""
    if not segments:
        return finish(node.routes, values, method)
    text, after = unquote(segments[0]), segments[1:]
    found = None
    if text in node.children:
        found = find(node.children[text], after, values, method)
    if found is None and node.parameter and text:
        found = find(node.parameter, after, [*values, text], method)
    if found is None and (found := finish(node.rest, values, method)):
        found["params"]["*"] = decode_rest(segments)
    return found


def finish(routes: Routes, values: list[str], method: str | None) -> dict[str, Any] | None:
    """Return the match of the route for a method, or None."""
    route = pick(routes, method)
    if route is None:
        return None
    names, handler = route
    return {"handler": handler, "params": dict(zip(names, values, strict=True))}


def decode_rest(segments: list[str]) -> str:
    """Return segments joined by slashes; a slash inside of one stays encoded."""
    return "/".join(unquote(segment).replace("/", "%2F") for segment in segments)


def pick(routes: Routes, method: str | None) -> Route | None:
    """Return the route for a method; without a method any of them, and GET's for HEAD."""
    if method is None:
        return next(iter(routes.values()), None)
    if method == "HEAD" and method not in routes:
        method = "GET"
    return routes.get(method) or routes.get(None)
