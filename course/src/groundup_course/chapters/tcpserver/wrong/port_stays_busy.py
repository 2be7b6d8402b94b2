"""Does not ask for the port of connections that have ended.

first-fail: m2_again
message: expected  a server at the same port
turn: The end that closes first keeps the connection for a minute (TIME_WAIT), and with it the port:
  on POSIX set SO_REUSEADDR before bind.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Binds as it comes."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        super().__init__(host, 0, handler, **options)
        self._listener.close()
        self._listener = socket.socket()
        try:
            self._listener.bind((host, port))
        except OSError as error:
            self._listener.close()
            text = f"cannot listen on {host}:{port}: {error.strerror}"
            raise OSError(error.errno, text) from error
        self._listener.listen()
        self._listener.settimeout(0.1)
        self.address = self._listener.getsockname()
