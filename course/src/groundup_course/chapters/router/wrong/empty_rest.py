"""Lets a wildcard fit where its slash is missing.

first-fail: m3_before
message: router.match('/files')
turn: /files/* begins with /files/: without that slash there is nothing for the `*` to take.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Adds the path before a wildcard, too."""

    def add(self, pattern: str, handler: Any, **options: Any) -> None:
        """Add the route, and its beginning as a route of its own."""
        super().add(pattern, handler, **options)
        if pattern.endswith("/*") and len(pattern) > 2:
            super().add(pattern.removesuffix("/*"), handler, **options)
