"""A TCP server: it listens at a port and hands each client to a handler."""

import socket
from collections.abc import Callable
from typing import Any


class Connection:
    """One client, as its handler sees it."""

    def __init__(self, client: socket.socket, peer: Any) -> None:
        self.peer = peer
        self._socket = client

    def read(self, size: int = 65536) -> bytes:
        """Wait for bytes and return at most `size`; b"" when the client will send no more."""
        return self._socket.recv(size)

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Wait for a delimiter and return everything up to it, and it, at most `limit` bytes."""
        return b""

    def send(self, data: bytes) -> None:
        """Wait until the system has taken all of the bytes."""
        self._socket.sendall(data)


class TCPServer:
    """Gives each client that connects to `address` to the handler."""

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
        self._handler = handler
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind((host, port))
        self._listener.listen()
        self.address = self._listener.getsockname()

    def serve_forever(self) -> None:
        """Give each client to the handler, until `stop` is called."""
        client, peer = self._listener.accept()
        with client:
            self._handler(Connection(client, peer))

    def stop(self) -> None:
        """Make `serve_forever` return; from any thread, also before it and twice."""
