"""Lets the system's error out as it is.

first-fail: m2_in_use
message: an OSError whose text names the port
turn: "Address already in use" leaves your user alone with the question which one: say where you
  wanted to listen.
"""

from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Does not say where."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        try:
            super().__init__(host, port, handler, **options)
        except OSError as error:
            if error.__cause__ is not None:
                raise error.__cause__ from None
            raise
