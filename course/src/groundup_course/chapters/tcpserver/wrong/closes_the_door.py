"""Closes the listening socket together with the first client.

first-fail: m2_one_after_the_other
message: ConnectionRe
turn: You close the socket that listens: close the one that accept() gave you, and knock at the
  other again.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Serves one client."""

    def _accept(self) -> None:
        client, peer = self._listener.accept()
        self._talk(client, peer)
        self._listener.close()
        raise OSError("the listening socket is closed")
