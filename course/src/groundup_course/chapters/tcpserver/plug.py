"""The learner's server for the blog, whose parser says with each `read` where it is."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

__all__ = ["adapt"]


class Between:
    """A connection whose `read` may be told that it is between two requests."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.peer = getattr(connection, "peer", None)
        self.send = connection.send

    def read(self, size: int, *, between: bool = False) -> bytes:
        """Read as the learner's connection does."""
        data: bytes = self._connection.read(size)
        return data


def adapt(part: ModuleType) -> Callable[[str, int, Callable[[Any], None]], Any]:
    """Return what makes the learner's server."""

    def make(host: str, port: int, handler: Callable[[Any], None]) -> Any:
        return part.TCPServer(host, port, lambda connection: handler(Between(connection)))

    return make
