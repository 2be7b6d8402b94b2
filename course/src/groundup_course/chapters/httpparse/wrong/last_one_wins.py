"""Lets a repeated name replace the value before.

first-fail: m2_repeated
message: got       '
turn: Your second line replaces the first: lines of one name are one list, cut in two, so join
  them.
"""

from groundup_course.chapters.httpparse.steps.step4 import Headers as RightHeaders
from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class Headers(RightHeaders):
    """A dictionary, as one would write it at first."""

    def add(self, name: str, value: str) -> None:
        """Store a value, whatever was there."""
        if name.lower() in {"content-length", "transfer-encoding"}:
            super().add(name, value)
        else:
            self._fields[name.lower()] = name, value


class RequestParser(Right):
    """Uses them."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        self._request.headers = Headers()
        return state
