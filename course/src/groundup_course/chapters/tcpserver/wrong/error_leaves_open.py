"""Closes the connection of a handler that returns, and not of one that raises.

first-fail: m3_handler_error
message: b'' and nothing for 3 s
turn: After an exception your code never comes to the line that closes: put it into `finally`, or
  hold the socket with `with`.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Believes in good handlers."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        self._handler(step4.Connection(client, peer, self._idle_timeout))
        super()._talk(client, peer)
