"""Decodes the path before it divides it.

first-fail: m2_decoded
message: 'handler': 'delete'
turn: You decode the whole path and divide it then, so whoever sends %2F decides where your
  segments end.
"""

from typing import Any
from urllib.parse import unquote

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Reads the path too early."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Decode, then divide."""
        return super().match(unquote(path), method)
