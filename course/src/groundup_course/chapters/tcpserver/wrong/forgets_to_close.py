"""Leaves the connection open when the handler has returned.

first-fail: m1_sends
message: b'' and nothing for 3 s
turn: Your server never closes the client's socket, and the client waits for more: the end of the
  connection is part of the answer.
"""

import socket
from typing import Any, ClassVar

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Keeps every socket."""

    kept: ClassVar[list[socket.socket]] = []

    def _talk(self, client: socket.socket, peer: Any) -> None:
        self.kept.append(client)
        try:
            self._handler(step4.Connection(client, peer, self._idle_timeout))
        finally:
            with self._changed:
                self._open.discard(client)
                self._changed.notify_all()
