"""Looks for the delimiter in the newest piece only.

first-fail: m3_framed
message: b'' and then nothing for 3 s
turn: A delimiter of two bytes may arrive in two pieces: look for it in all that is in the buffer.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Does not look back."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Collect pieces until one has the delimiter."""
        piece = self._buffer
        while delimiter not in piece and len(self._buffer) < limit:
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionError("the end")
            self._buffer += piece
        return super().read_until(delimiter, limit)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
