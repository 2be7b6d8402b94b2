"""Returns from `read` whatever one recv brings, whatever was asked for.

first-fail: m1_reads
message: expected  [b'
turn: Your `read` returns more than it was asked for: whoever asks for four bytes has room for four.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Knows better what is good for the handler."""

    def read(self, size: int = 65536) -> bytes:
        """Return what is there."""
        return super().read()


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
