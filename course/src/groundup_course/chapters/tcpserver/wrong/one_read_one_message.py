"""Takes what one recv brings for one message.

first-fail: m3_framed
message: >' and then nothing for 3 s
turn: Your `read_until` returns what one recv brings: TCP keeps no borders, so collect until the
  delimiter is there, and keep what stands behind it.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class Connection(step4.Connection):
    """Believes in packets."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Receive once."""
        return self.read(limit)


class TCPServer(step4.TCPServer):
    """Hands out such connections."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        def talk(connection: Any) -> None:
            connection.__class__ = Connection
            handler(connection)

        super().__init__(host, port, talk, **options)
