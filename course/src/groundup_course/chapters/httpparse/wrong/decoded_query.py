"""Decodes percent-encoding before anybody has divided the query.

first-fail: m1_path_and_query
message: a&b==
turn: You decode too early: behind a `%26` stands an `&` that is no separator, and after
  decoding nobody can tell.
"""

from urllib.parse import unquote

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Means well."""

    def _read_request_line(self, line: str) -> State:
        state = super()._read_request_line(line)
        self._request.path = unquote(self._request.path)
        self._request.query = unquote(self._request.query)
        return state
