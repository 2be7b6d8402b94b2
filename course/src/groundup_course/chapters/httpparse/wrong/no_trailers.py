"""Takes the line behind the last chunk for the end.

first-fail: m3_chunks
message: {'method': 'X-Other:', 'body': b''}
turn: Behind the last chunk you read one line and stop: headers (trailers) may stand there, so
  read on to an empty line.
"""

from groundup_course.chapters.httpparse.steps.step3 import ParseError, State
from groundup_course.chapters.httpparse.steps.step3 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Has never met a trailer."""

    def _read_line(self, line: str) -> State:
        return State.DONE if self._state is State.TRAILERS else super()._read_line(line)
