"""Looks at the method only after it has decided for a route.

first-fail: m4_way_back_by_method
message: got       None
turn: You choose the route by its path alone and ask for the method then: a route without it
  must lead on to the next.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Decides before it asks."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Find a route by its path, and refuse it if it lacks the method."""
        first, found = super().match(path), super().match(path, method)
        if first is None or found is None or first["params"].keys() == found["params"].keys():
            return found
        return None if not first["params"] else found
