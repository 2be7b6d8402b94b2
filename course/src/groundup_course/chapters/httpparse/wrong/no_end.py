"""Waits for the end of a line however long it is.

first-fail: m4_endless
message: no refusal of
turn: You keep what comes until a line ends: who never ends one fills your memory, so count
  the bytes of a head and refuse it at a limit.
"""

from groundup_course.chapters.httpparse.steps.step4 import ParseError, State
from groundup_course.chapters.httpparse.steps.step4 import RequestParser as Right

__all__ = ["ParseError", "RequestParser"]


class RequestParser(Right):
    """Has time, and memory."""

    def _step(self) -> State | None:
        self._room = 1 << 30
        return super()._step()
