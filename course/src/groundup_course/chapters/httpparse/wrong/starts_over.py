"""Begins a new request behind one that was refused.

first-fail: m4_for_good
message: got       [{'method': 'GET'
turn: You go on behind an error: what you take for the next request may be the body of the one
  that was refused, and an attacker wrote it.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, Request
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser:
    """Forgives."""

    def __init__(self) -> None:
        self._right = Right()

    def feed(self, data: bytes) -> list[Request]:
        """Forget what was refused."""
        try:
            return self._right.feed(data)
        except ParseError:
            self._right = Right()
            raise
