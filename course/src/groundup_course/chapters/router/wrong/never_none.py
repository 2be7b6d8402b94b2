"""Answers with a match that has no handler where there is no route.

first-fail: m1_unknown
message: got       {'handler': None, 'params': {}}
turn: For a path without a route `match` returns None itself, and not a match with None in it.
"""

from collections.abc import Iterable
from typing import Any


class Router:
    """Keeps routes in a dictionary."""

    def __init__(self) -> None:
        self._routes: dict[str, Any] = {}

    def add(
        self, pattern: str, handler: Any, *, methods: Iterable[str] | None = None, name: str = ""
    ) -> None:
        """Keep the handler under its pattern."""
        self._routes[pattern] = handler

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Look the path up."""
        return {"handler": self._routes.get(path), "params": {}}
