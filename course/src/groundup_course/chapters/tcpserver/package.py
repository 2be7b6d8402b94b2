"""The package in the learner's words: it listens from the moment it is made."""

from typing import Any

from groundup_tcpserver import TCPServer as Threaded

__all__ = ["TCPServer"]


class TCPServer(Threaded):
    """The package's server, started."""

    def __init__(self, host: str, port: int, handler: Any, **options: Any) -> None:
        super().__init__(host, port, handler, **options)
        self.start()
