"""Counts the characters of the body.

first-fail: m3_length
message: got       []
turn: You wait for as many characters as there are bytes: leave the body as bytes, and decode
  it when it is whole, if at all.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Sees text in everything."""

    def _read_content(self) -> State | None:
        text = self._buffer.decode("utf-8", "replace")
        if self._state is State.BODY and len(text) < self._size:
            return None
        return super()._read_content()
