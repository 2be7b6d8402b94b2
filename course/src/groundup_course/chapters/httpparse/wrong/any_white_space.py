"""Divides the request line at any white space.

first-fail: m4_request_line
message: GET  /
turn: You divide with split(), which takes tabs, two spaces and none before or behind for the
  same: exactly one space stands between the three.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Is polite to sloppy clients."""

    def _read_request_line(self, line: str) -> State:
        return super()._read_request_line(" ".join(line.split()))
