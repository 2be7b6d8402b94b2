"""Reads the sizes of chunks with int() alone.

first-fail: m4_chunks
message: 0x6
turn: You let int(text, 16) decide what a size is: it takes 0x, signs, underscores and spaces,
  and another program does not.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Trusts int()."""

    def _read_line(self, line: str) -> State:
        if self._state is not State.SIZE:
            return super()._read_line(line)
        self._size = int(line.partition(";")[0], 16)
        return State.CHUNK if self._size else State.TRAILERS
