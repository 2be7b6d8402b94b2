"""Calls send once and believes that all is sent.

first-fail: m1_sends_all
message: expected  16777216
turn: `send` of a socket takes what fits into the system's buffer and returns how much that was: go
  on with the rest, or use sendall.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Trusts the socket."""

    def send(self, data: bytes) -> None:
        """Send what fits."""
        self._socket.send(data)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
