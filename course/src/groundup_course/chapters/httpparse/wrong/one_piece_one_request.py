"""Takes each piece of the network for a request.

first-fail: m1_waits
message: raised ValueError: not enough values
turn: You take what one call brings for a whole request: a piece may end anywhere, and only
  the empty line says that the headers are whole.
"""

from groundup_course.chapters.httpparse.steps.step1 import ParseError, Request

__all__ = ["ParseError", "RequestParser"]


class RequestParser:
    """Reads a request as if it were a file."""

    def feed(self, data: bytes) -> list[Request]:
        """Divide at the ends of lines, and the first line at its spaces."""
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, version = first.split(" ")
        path, _, query = target.partition("?")
        headers = dict(line.split(": ", 1) for line in lines)
        return [Request(method, target, path, query, version[5:], headers, body)]
