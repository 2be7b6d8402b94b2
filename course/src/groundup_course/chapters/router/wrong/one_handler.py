"""Keeps one handler for each path, whatever the method.

first-fail: m1_methods
message: 'handler': 'create'
turn: Each path has room for one handler only, so the second `add` replaces the first: keep
  them by method.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Forgets the methods."""

    def add(self, pattern: str, handler: Any, **options: Any) -> None:
        """Add the route for every method."""
        super().add(pattern, handler)

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Find a route for any method."""
        return super().match(path)
