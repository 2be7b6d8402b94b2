"""Waits at the end for every conversation, however long it takes.

first-fail: m4_stop
message: it goes on for 3 s
turn: One client that never ends keeps your server alive: after `grace` seconds shut its connection
  down.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Never loses patience."""

    def _say_goodbye(self) -> None:
        self._grace = 3600.0
        super()._say_goodbye()
