"""Goes past the buffer in `read`.

first-fail: m3_rest
message: b'' and then nothing for 3 s
turn: What came behind the delimiter is in your buffer, and your `read` asks the socket: take from
  the buffer first.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Has a buffer for lines only."""

    def read(self, size: int = 65536) -> bytes:
        """Ask the socket."""
        return self._socket.recv(size)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
