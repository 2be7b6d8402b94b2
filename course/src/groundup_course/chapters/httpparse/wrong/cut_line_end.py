"""Looks for the end of a line in each piece by itself.

first-fail: m1_cut_anywhere
message: got       []
turn: You look for CRLF in the new bytes only: a piece may end between CR and LF. Search in
  the buffer, after the new bytes were added to it.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, Request
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Never meets a line end whose halves came apart."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = b""

    def feed(self, data: bytes) -> list[Request]:
        """Hand on what came when there is a line end in it."""
        self._kept += data
        if data and b"\r\n" not in data:
            return []
        kept, self._kept = self._kept, b""
        return super().feed(kept)
