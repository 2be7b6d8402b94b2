"""Knows no route for HEAD.

first-fail: m4_head
message: got       None
turn: HEAD asks for what GET would answer, without the body: let it find GET's route.
"""

from typing import Any

from groundup_course.chapters.router.steps.step4 import Router as Right


class Router(Right):
    """Takes methods by the letter."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Ask for HEAD under a name that nobody has added."""
        return super().match(path, "head" if method == "HEAD" else method)
