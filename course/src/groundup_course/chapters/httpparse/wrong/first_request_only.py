"""Returns the first request of a piece and drops the others.

first-fail: m1_one_after_the_other
message: got       [{'target'
turn: You return at the first request that is whole: go on until the buffer holds none, for no
  further call may come.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, Request
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Serves clients that wait for each answer."""

    def feed(self, data: bytes) -> list[Request]:
        """Return one request at most."""
        return super().feed(data)[:1]
