"""Reads Content-Length with int() alone.

first-fail: m4_one_length
message: Content-Length: +
turn: You let int() decide what a number is: it takes signs, underscores and spaces, which
  other programs read as no number or as another one.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Trusts int()."""

    def _choose_body(self) -> State:
        if "Transfer-Encoding" in self._request.headers:
            return super()._choose_body()
        self._size = int(self._request.headers.get("Content-Length", "0"))
        return State.BODY
