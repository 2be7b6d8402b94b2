"""A router: it finds the handler for the path of a request."""

from collections.abc import Iterable
from typing import Any


class Router:
    """Keeps routes and finds the one for a path."""

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        """Add a handler for a pattern, for some methods or (None) for every method."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Return {"handler": ..., "params": {...}} for a path, or None."""
