"""Lets `read` wait until as many bytes have come as were asked for.

first-fail: m1_reads
message: and then nothing for 3 s
turn: Your `read` takes its size for a promise: it is a limit, and what has arrived is returned at
  once.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Is never content with less."""

    def read(self, size: int = 65536) -> bytes:
        """Wait for all."""
        found = b""
        while len(found) < size and (data := super().read(size - len(found))):
            found += data
        return found


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
