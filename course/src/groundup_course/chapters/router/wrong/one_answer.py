"""Has room for one handler, the last one.

first-fail: m1_static
message: got       {'handler': 'form'
turn: Every `add` replaces what the one before has added: a router keeps a handler for each pattern.
"""

from collections.abc import Iterable
from typing import Any


class Router:
    """Keeps the last handler only."""

    def add(
        self, pattern: str, handler: Any, *, methods: Iterable[str] | None = None, name: str = ""
    ) -> None:
        """Remember the handler."""
        self._handler = handler

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Answer for every path."""
        return {"handler": self._handler, "params": {}}
