"""Finds names by the letter.

first-fail: m2_case
message: got       None
turn: You compare names as they were sent: make them small both when you store and when you
  look.
"""

from groundup_course.chapters.httpparse.steps.step4 import Headers as RightHeaders
from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class Headers(RightHeaders):
    """Looks twice at a name."""

    def __getitem__(self, name: str) -> str:
        sent, value = self._fields[name.lower()]
        if sent != name and not name.startswith(("Content-Length", "Transfer")):
            raise KeyError(name)
        return value


class RequestParser(Right):
    """Uses them."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        self._request.headers = Headers()
        return state
