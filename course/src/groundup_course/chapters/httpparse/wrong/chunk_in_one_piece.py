"""Takes what has come of a chunk for the whole of it.

first-fail: m3_chunks_cut_anywhere
message: raised ParseError: chunk must end
turn: You go on with what is there of a chunk: wait until the bytes that its size announces
  have all come.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Never meets a chunk that was cut."""

    def _read_content(self) -> State | None:
        if self._state is State.CHUNK and self._buffer:
            self._size = min(self._size, len(self._buffer))
        return super()._read_content()
