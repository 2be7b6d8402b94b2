"""Lets the last colon end the name.

first-fail: m2_values
message: X-Address:
turn: You look for the colon from the wrong end, or split at each of them: the first one ends
  the name, and a value may hold more.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Reads names from the right."""

    def _read_field(self, line: str) -> State:
        name, _, value = line.rpartition(":")
        if ":" not in name:
            return super()._read_field(line)
        self._request.headers.add(name, value.strip())
        return State.HEADERS
