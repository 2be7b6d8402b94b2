"""Gives a place back only when the handler returns.

first-fail: m4_gone
message: b'' and then nothing for 3 s
turn: Each client that vanishes takes a place with it, and in the end none is left: give it back
  in `finally`.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Counts the happy ones."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        with client:
            self._handler(step4.Connection(client, peer, self._idle_timeout))
        with self._changed:
            self._open.discard(client)
            self._changed.notify_all()
