"""Is content when the path begins as a pattern does.

first-fail: m1_unknown
message: router.match('/users/7')
turn: Your router compares only the beginning: the pattern must fit the whole path.
"""

from collections.abc import Iterable
from typing import Any


class Router:
    """Keeps routes in a list."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, Any]] = []

    def add(
        self, pattern: str, handler: Any, *, methods: Iterable[str] | None = None, name: str = ""
    ) -> None:
        """Keep the route; the longest pattern comes first."""
        self._routes.append((pattern, handler))
        self._routes.sort(key=lambda route: -len(route[0]))

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Return the first route that the path begins with."""
        for pattern, handler in self._routes:
            if path == pattern or (pattern != "/" and path.startswith(pattern)):
                return {"handler": handler, "params": {}}
        return None
