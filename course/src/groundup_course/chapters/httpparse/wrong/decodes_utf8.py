"""Reads headers as UTF-8.

first-fail: m2_any_byte
message: UnicodeDecodeError
turn: You decode as UTF-8, in which not every run of bytes is text: in ISO-8859-1 (latin-1)
  each byte is a character, so nothing can fail and nothing is lost.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Expects text of this century."""

    def _read_field(self, line: str) -> State:
        return super()._read_field(line.encode("latin-1").decode())
