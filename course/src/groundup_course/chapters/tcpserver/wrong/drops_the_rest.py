"""Goes past the buffer in `read`.

first-fail: m3_rest
message: b'' and then nothing for 3 s
turn: What came behind the delimiter is in your buffer, and your `read` asks the socket: take from
  the buffer first.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Has a buffer for lines only."""

    def read(self, size: int = 65536) -> bytes:
        """Ask the socket."""
        return self._socket.recv(size)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        with client:
            self._handler(Connection(client, peer, self._idle_timeout))
