"""Breaks off every conversation when it is stopped.

first-fail: m4_stop
message: it has returned
turn: Your `stop` ends conversations in the middle: let them finish as long as `grace`.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Knows no grace."""

    def _say_goodbye(self) -> None:
        self._grace = 0.0
        super()._say_goodbye()
