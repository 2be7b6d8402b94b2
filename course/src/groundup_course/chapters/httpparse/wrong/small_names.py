"""Forgets how names were sent.

first-fail: m2_as_sent
message: ('host', 'localhost')
turn: You keep the small letters only: find by them, and keep the name as it was sent beside
  the value.
"""

from collections.abc import Iterator

from groundup_course.chapters.httpparse.steps.step4 import Headers as RightHeaders
from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class Headers(RightHeaders):
    """Shows the key for the name."""

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)


class RequestParser(Right):
    """Uses them."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        self._request.headers = Headers()
        return state
