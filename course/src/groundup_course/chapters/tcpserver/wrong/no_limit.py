"""Collects a line of any length.

first-fail: m3_limit
message: expected  read_until raises Exception
turn: Your buffer grows as long as the client sends: a line that does not end fills your memory, so
  refuse it at `limit` bytes.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Has room for everything."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Collect without a limit."""
        return super().read_until(delimiter, 2**40)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
