"""A router: it finds the handler for the path of a request."""

from collections.abc import Iterable
from typing import Any

Handlers = dict[str | None, Any]  # by method; under None the one for every method


class Router:
    """Keeps routes and finds the one for a path."""

    def __init__(self) -> None:
        self._routes: dict[str, Handlers] = {}

    def add(
        self,
        pattern: str,
        handler: Any,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> None:
        """Add a handler for a pattern, for some methods or (None) for every method."""
        handlers = self._routes.setdefault(pattern, {})
        for method in methods or (None,):
            handlers[method] = handler

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Return {"handler": ..., "params": {...}} for a path, or None."""
        handler = pick(self._routes.get(path, {}), method)
        return None if handler is None else {"handler": handler, "params": {}}


def pick(handlers: Handlers, method: str | None) -> Any:
    """Return the handler for a method; without a method any of them."""
    if method is None:
        return next(iter(handlers.values()), None)
    return handlers.get(method) or handlers.get(None)
