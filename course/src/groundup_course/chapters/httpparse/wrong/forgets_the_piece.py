"""Keeps nothing from one call to the next.

first-fail: m1_waits
message: got       []
turn: You lose what did not complete a request: keep the bytes in the object until the rest of
  them has come.
"""

from groundup_course.chapters.httpparse.steps.step3 import ParseError, Request
from groundup_course.chapters.httpparse.steps.step3 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser:
    """Begins anew with every piece."""

    def feed(self, data: bytes) -> list[Request]:
        """Read the piece as if it were all."""
        return Right().feed(data)
