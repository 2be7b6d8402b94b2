"""Starts a thread for everyone who comes.

first-fail: m4_places
message: nothing yet: the only place is taken
turn: Your server has as many threads as it has clients, so a stranger decides how many: wait for a
  free place before you accept.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Has always room."""

    def _wait_for_place(self) -> bool:
        return True
