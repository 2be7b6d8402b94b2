"""Closes the connection as soon as the client has said all that it will say.

first-fail: m3_half_close
message: b'' and then the end of the connection
turn: b"" ends one direction only: the client may still listen, so leave the answer to the handler.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Hangs up first."""

    def read(self, size: int = 65536) -> bytes:
        """Read, and close at the end."""
        data = super().read(size)
        if not data:
            self._socket.shutdown(socket.SHUT_RDWR)
        return data


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
