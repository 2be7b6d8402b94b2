"""A router: it finds the handler for the path of a request."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

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
        segments = path.split("/")
        for pattern, handlers in self._routes.items():
            params = compare(pattern.split("/"), segments)
            handler = pick(handlers, method)
            if params is not None and handler is not None:
                return {"handler": handler, "params": params}
        return None


def compare(parts: list[str], segments: list[str]) -> dict[str, str] | None:
    """Return the parameters if a pattern fits the segments of a path, or None."""
    if len(parts) != len(segments):
        return None
    params: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        text = unquote(segment)  # only now: a slash that was encoded divides nothing
        if part.startswith(":") and text:
            params[part[1:]] = text
        elif part != text:
            return None
    return params


def pick(handlers: Handlers, method: str | None) -> Any:
    """Return the handler for a method; without a method any of them."""
    if method is None:
        return next(iter(handlers.values()), None)
    return handlers.get(method) or handlers.get(None)
