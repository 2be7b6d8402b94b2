"""Looks for the last chunk by its bytes instead of reading the sizes.

first-fail: m3_chunks
message: got       [{'method': 'POST', 'body': b''}]
turn: You search for `0` and an empty line: these bytes may stand in the data of a chunk, so
  walk from size to size.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]

END = b"0\r\n\r\n"


class RequestParser(Right):
    """Believes that nobody sends these five bytes."""

    def _read_content(self) -> State | None:
        if self._state is State.CHUNK and self._buffer.startswith(END):
            del self._buffer[: self._buffer.rfind(END) + len(END)]
            return State.DONE
        return super()._read_content()
