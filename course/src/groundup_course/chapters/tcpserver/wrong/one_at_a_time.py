"""Holds each conversation in the loop that accepts.

first-fail: m3_together
message: b'' and then nothing for 3 s
turn: While your handler waits for one client, nobody calls accept(): hold each conversation in a
  thread of its own.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Serves one client after the other."""

    def _accept(self) -> None:
        try:
            client, peer = self._listener.accept()
        except TimeoutError:
            return
        with client:
            self._handler(step4.Connection(client, peer, self._idle_timeout))
