"""Removes slashes at both ends, and makes all letters small, before it compares.

first-fail: m1_exact
message: expected  None
turn: Your router makes two addresses one: `strip("/")` and `lower()` throw away what tells
  paths apart.
"""

from typing import Any

from groundup_course.chapters.router.steps.step1 import Router as Right


class Router(Right):
    """Compares paths that were made alike."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Look the path up, tidied."""
        return super().match("/" + path.strip("/").lower(), method)
