"""Asks the system for no backlog.

first-fail: m2_waiting
message: expected  a connection
turn: The number in listen() is how many clients may wait while you are busy: with next to none the
  others cannot connect at all.
"""

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Lets nobody wait."""

    def __init__(self, host: str, port: int, handler: object, **options: float) -> None:
        super().__init__(host, port, handler, **options)  # type: ignore[arg-type]  # handed on
        self._listener.listen(0)
