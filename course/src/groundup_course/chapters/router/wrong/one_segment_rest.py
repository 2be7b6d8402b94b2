"""Lets a wildcard take one segment only.

first-fail: m3_rest
message: router.match('/files/docs/
turn: Your `*` ends at the next slash as `:name` does: it takes everything to the end of the path.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Treats the wildcard as a parameter without a name."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Refuse a rest with a slash in it."""
        found = super().match(path, method)
        return None if found is not None and "/" in found["params"].get("*", "") else found
