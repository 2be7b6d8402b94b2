"""Keeps the name of the protocol in the version.

first-fail: m1_request_line
message: 'version': 'HTTP/1.1'
turn: You return the last word of the request line as it stands: the version is the number
  behind the slash.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Divides the request line at its spaces, and that is all."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        self._request.version = f"HTTP/{self._request.version}"
        return state
