"""Nested dictionaries: a key for each segment, and keys of their own for parameter, rest and end.

The same tree as in step 4 without a class for it, walked by a loop with a list of open ways instead
of a function that calls itself.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

END = "/"  # no segment has a slash in it


class Router:
    """Keeps all routes in one dictionary of dictionaries."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        """Go down, making dictionaries on the way, and leave the handler at the end."""
        tree, parts = self._tree, pattern.split("/")
        for part in parts:
            # An encoded colon or star of a path must not find these keys: a slash makes them own.
            tree = tree.setdefault(f"/{part[0]}" if part[:1] in {":", "*"} else part, {})
        names = [part.removeprefix(":") for part in parts if part[:1] in {":", "*"}]
        for method in methods or (None,):
            tree.setdefault(END, {})[method] = (names, handler)

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Follow the ways that are open, the preferred one first."""
        segments = path.split("/")
        ways: list[tuple[int, dict[str, Any], list[str]]] = [(0, self._tree, [])]
        while ways:
            depth, tree, values = ways.pop()
            if depth == len(segments):
                if route := choose(tree.get(END, {}), method):
                    names, handler = route
                    return {"handler": handler, "params": dict(zip(names, values, strict=True))}
                continue
            text = unquote(segments[depth])
            if "/*" in tree:
                rest = "/".join(unquote(one).replace("/", "%2F") for one in segments[depth:])
                ways.append((len(segments), tree["/*"], [*values, rest]))
            if "/:" in tree and text:
                ways.append((depth + 1, tree["/:"], [*values, text]))
            if text in tree and text not in {END, "/*", "/:"}:
                ways.append((depth + 1, tree[text], values))
        return None


def choose(routes: dict[str | None, Any], method: str | None) -> Any:
    """Return the route for a method, or None."""
    if method is None:
        return next(iter(routes.values()), None)
    wanted = [method, "GET", None] if method == "HEAD" else [method, None]
    return next((routes[one] for one in wanted if one in routes), None)
