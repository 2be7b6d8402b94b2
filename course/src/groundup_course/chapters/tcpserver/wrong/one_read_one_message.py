"""Takes what one recv brings for one message.

first-fail: m3_framed
message: expected  b'
turn: Your `read_until` returns what one recv brings: TCP keeps no borders, so collect until the
  delimiter is there, and keep what stands behind it.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Believes in packets."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Receive once."""
        return self.read(limit)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        with client:
            self._handler(Connection(client, peer, self._idle_timeout))
