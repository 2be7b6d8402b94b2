"""Receives again and again after the end.

first-fail: m4_middle
message: nothing for 3 s
turn: recv() returns b"" at once, for ever, when the client is gone: your loop waits for a delimiter
  that cannot come any more.
"""

import time
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Never gives up."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Collect until the delimiter is there."""
        while delimiter not in self._buffer and len(self._buffer) < limit:
            self._buffer += self._socket.recv(65536)
            time.sleep(0.001)  # a real one takes a whole processor
        return super().read_until(delimiter, limit)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
