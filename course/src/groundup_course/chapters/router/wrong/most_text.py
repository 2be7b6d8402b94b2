"""Counts segments of text to decide between patterns, wherever these stand.

first-fail: m4_from_the_left
message: 'handler': 'right'
turn: Your router counts how much text a pattern has; the first segment in which two differ decides.
"""

from groundup_course.chapters.router.alt.expressions import Router as Right


class Router(Right):
    """Sorts by the number of parameters, and then by the order of adding."""

    def rank(self, pattern: str) -> tuple[int, ...]:
        """Return how little text a pattern has."""
        parts = pattern.split("/")
        return (parts[-1] == "*", sum(part[:1] == ":" for part in parts))
