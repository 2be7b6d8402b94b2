r"""Does not look at what stands behind the data of a chunk.

first-fail: m4_chunks
message: feed(b'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5
turn: You skip the line behind the data of a chunk unseen: if it is not empty, the size was a
  lie, and the rest is anybody's guess.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Skips a line."""

    def _read_line(self, line: str) -> State:
        return State.SIZE if self._state is State.BREAK else super()._read_line(line)
