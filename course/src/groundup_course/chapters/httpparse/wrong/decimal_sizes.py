"""Reads the sizes of chunks as decimal numbers.

first-fail: m3_chunks
message: raised ValueError
turn: You read sizes with int(text): they are hexadecimal, so tell int() that the base is 16.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Counts on ten fingers."""

    def _read_line(self, line: str) -> State:
        if self._state is State.SIZE:
            line = f"{int(line.partition(';')[0]):x}"
        return super()._read_line(line)
