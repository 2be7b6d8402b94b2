"""Takes a body for whole when it has come, and drops what came with it.

first-fail: m3_next_request
message: got       [{'target': '/a'
turn: You clear the buffer behind a body: what is left in it is the next request, so remove
  the bytes of the body and no other.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Expects nothing behind a body."""

    def _read_content(self) -> State | None:
        state = super()._read_content()
        if state is State.DONE and self._size:
            self._buffer.clear()
        return state
