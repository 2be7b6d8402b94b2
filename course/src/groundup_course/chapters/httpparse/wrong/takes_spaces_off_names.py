r"""Takes spaces off names as it does off values.

first-fail: m4_headers
message: feed(b'GET / HTTP/1.1\r\nHost: localhost\r\nX-
turn: You take spaces off before the colon: a program before yours that does not has seen
  another name there, or none.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Tidies up."""

    def _read_field(self, line: str) -> State:
        name, colon, value = line.partition(":")
        return super()._read_field(name.rstrip(" ") + colon + value)
