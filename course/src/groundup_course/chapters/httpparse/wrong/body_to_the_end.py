"""Takes all that has come for the body of a POST without a length.

first-fail: m3_no_length
message: 'body': b'GET /
turn: You take whatever stands behind the headers for the body: without a length there is
  none, and with one it ends after so many bytes.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Knows that a POST has a body."""

    def _choose_body(self) -> State:
        state, request = super()._choose_body(), self._request
        if request.method == "POST" and not {"content-length", "transfer-encoding"} & {
            name.lower() for name in request.headers
        }:
            self._size = len(self._buffer) - 2  # the empty line is still there
        return state
