"""Begins to listen when it begins to serve.

first-fail: m1_listens
message: ('127.0.0.1', 0)
turn: Your server has no address before serve_forever: bind and listen when it is made, and ask
  the socket which port it got.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Remembers where it is to listen."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        super().__init__(host, 0, handler, **options)
        self._listener.close()
        self.address = (host, port)

    def serve_forever(self) -> None:
        """Listen now."""
        self._listener = step4.open_listener(*self.address)
        super().serve_forever()
