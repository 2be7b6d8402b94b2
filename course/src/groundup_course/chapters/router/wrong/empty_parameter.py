"""Lets a parameter be empty.

first-fail: m2_one_segment
message: 'params': {'id': ''}
turn: A parameter that takes the empty text makes /users/ the page of a user without a name.
"""

import re
from typing import Any

from groundup_course.chapters.router.alt.expressions import Router as Right
from groundup_course.chapters.router.alt.expressions import write_expression


class Router(Right):
    """Uses expressions in which a star stands where a plus must."""

    def compile(self, pattern: str) -> "re.Pattern[str]":
        """Return an expression whose parameters may be empty."""
        return re.compile(write_expression(pattern).replace("[^/]+", "[^/]*"))

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Find the route as before."""
        return super().match(path, method)
