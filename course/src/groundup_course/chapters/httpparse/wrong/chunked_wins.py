r"""Lets chunked win over Content-Length.

first-fail: m4_one_length
message: Transfer-Encoding: chunked\r\n\r\n1
turn: You choose between two lengths: a program before yours may choose the other one, so
  refuse the request that has both.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Reads the RFC as far as the word overrides."""

    def _choose_body(self) -> State:
        headers = self._request.headers
        if "Content-Length" in headers and headers.get("Transfer-Encoding") == "chunked":
            return State.SIZE
        return super()._choose_body()
