"""A TCP server: it listens at a port and hands each client to a handler."""

from collections.abc import Callable
from typing import Any


class Connection:
    """One client, as its handler sees it."""

    peer: Any = None  # its host and port

    def read(self, size: int = 65536) -> Any:
        """Wait for bytes and return at most `size`; b"" when the client will send no more."""

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> Any:
        """Wait for a delimiter and return everything up to it, and it, at most `limit` bytes."""

    def send(self, data: bytes) -> None:
        """Wait until the system has taken all of the bytes."""


class TCPServer:
    """Gives each client that connects to `address` to the handler."""

    address: Any = None  # host and port where it listens, from the moment it is made

    def __init__(
        self,
        host: str,
        port: int,
        handler: Callable[[Any], object],
        *,
        max_connections: int = 100,
        idle_timeout: float = 30.0,
        grace: float = 10.0,
    ) -> None:
        """Listen."""

    def serve_forever(self) -> None:
        """Give each client to the handler, until `stop` is called."""

    def stop(self) -> None:
        """Make `serve_forever` return; from any thread, also before it and twice."""
