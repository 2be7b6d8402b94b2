"""Lets an empty line within the body end it.

first-fail: m3_cut_anywhere
message: {'target': '', 'body': b''}
turn: You look for an empty line where you should count: in a body every byte is content, line
  ends as well.
"""

from groundup_course.chapters.httpparse.steps.step3 import ParseError, State
from groundup_course.chapters.httpparse.steps.step3 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Reads bodies like headers."""

    def _read_content(self) -> State | None:
        if self._state is State.BODY and len(self._buffer) >= self._size:
            self._size = len(self._buffer[: self._size].partition(b"\r\n\r\n")[0])
        return super()._read_content()
