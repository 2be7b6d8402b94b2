"""Closes the connection of a handler that returns, and not of one that raises.

first-fail: m3_handler_error
message: b'' and nothing for 3 s
turn: After an exception your code never comes to the line that closes: put it into `finally`, or
  hold the socket with `with`.
"""

import socket
from typing import Any, ClassVar

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Believes in good handlers."""

    kept: ClassVar[set[socket.socket]] = set()  # or Python would close what nobody holds

    def _talk(self, client: socket.socket, peer: Any) -> None:
        self.kept.add(client)
        self._open.discard(client)
        self._handler(step4.Connection(client, peer, self._idle_timeout))
        step4.finish(client)
