r"""Takes a line feed for the end of a line.

first-fail: m4_headers
message: \nX-Other
turn: You let LF alone end a line: others see one header there where you see two.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Gives every line the end that it should have."""

    def _step(self) -> State | None:
        end = self._buffer.find(b"\n")
        if self._state is State.HEADERS and end > 0 and not self._buffer[:end].endswith(b"\r"):
            self._buffer[end:end] = b"\r"
        return super()._step()
