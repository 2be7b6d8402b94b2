r"""Takes off one space before a value.

first-fail: m2_values
message: more \t '
turn: You cut off a fixed piece: before and behind a value there may be any number of spaces
  and tabs, or none.
"""

from groundup_course.chapters.httpparse.steps.step4 import FIELD, ParseError, State, check
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Has seen headers of browsers only."""

    def _read_field(self, line: str) -> State:
        name, value = check(FIELD, line, "header must be NAME: VALUE").groups()
        self._request.headers.add(name, value.removeprefix(" "))
        return State.HEADERS
