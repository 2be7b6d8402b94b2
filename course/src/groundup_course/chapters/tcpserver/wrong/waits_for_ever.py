"""Has patience with everybody.

first-fail: m4_silent
message: nothing for 3 s
turn: A client that is switched off says no goodbye, and your handler waits for it until the
  process ends: give its socket a time-out.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Has no clock."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        self._idle_timeout = 3600.0
        super()._talk(client, peer)
