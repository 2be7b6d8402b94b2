"""Lets the last question mark end the path.

first-fail: m1_path_and_query
message: ?next=/a'
turn: You look for the question mark from the wrong end: a query may have more of them, a path
  has none.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Reads from the right."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        request = self._request
        if "?" in request.target:
            request.path, _, request.query = request.target.rpartition("?")
        return state
