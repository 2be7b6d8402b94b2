"""Sets a flag in `stop`, and waits in accept() for one more client.

first-fail: m2_stop
message: it goes on for 3 s
turn: Your loop looks at the flag after the next client: accept() has to return when nobody comes,
  so give the listener a time-out.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Waits without end."""

    def _accept(self) -> None:
        self._listener.settimeout(None)
        super()._accept()
