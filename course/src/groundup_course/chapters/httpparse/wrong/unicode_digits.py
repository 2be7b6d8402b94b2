r"""Asks isdigit() whether a length is a number.

first-fail: m4_one_length
message: raised ValueError
turn: You ask isdigit() or \d, for which digits of every script are digits, and int() then
  fails or reads another number: only 0 to 9 are meant.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Forgets that there are other digits."""

    def _choose_body(self) -> State:
        length = self._request.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self._request.headers or not length.isdigit():
            return super()._choose_body()
        self._size = int(length)
        return State.BODY
