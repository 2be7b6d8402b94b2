"""Takes every version for one that it speaks.

first-fail: m4_request_line
message:  HTTP/2.0
turn: You do not look at the version: whoever sends HTTP/2.0 expects another protocol, and is
  told so with 505.
"""

import re

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Believes that versions are for people."""

    def _read_request_line(self, line: str) -> State:
        return super()._read_request_line(re.sub(r"HTTP/[0-9]\.[0-9]$", "HTTP/1.1", line))
