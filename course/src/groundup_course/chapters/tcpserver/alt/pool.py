"""Another design: a pool of threads that wait at a queue, and a selector in place of a time-out.

The loop that accepts waits for two sockets at once: the listener, and one end of a pair into whose
other end `stop` writes a byte.  So it sleeps until something happens, and never looks in vain.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

PIECE = 65536


class Connection:
    """A client whose bytes come out of a generator."""

    def __init__(self, client: socket.socket, peer: Any, idle_timeout: float) -> None:
        client.settimeout(idle_timeout)
        self.peer, self._socket = peer, client
        self._pieces, self._left = self._receive(), bytearray()

    def _receive(self) -> Iterator[bytes]:
        while data := self._socket.recv(PIECE):
            yield data

    def read(self, size: int = PIECE) -> bytes:
        """Wait for bytes and return at most `size`."""
        if not self._left:
            self._left += next(self._pieces, b"")
        return self._cut(size)

    def read_until(self, delimiter: bytes = b"\n", limit: int = PIECE) -> bytes:
        """Wait for a delimiter and return everything up to it, and it."""
        while delimiter not in self._left[:limit]:
            if len(self._left) >= limit:
                raise OverflowError(f"no {delimiter!r} in {limit} bytes")
            piece = next(self._pieces, b"")
            if not piece:
                raise ConnectionAbortedError(f"no {delimiter!r} before the end")
            self._left += piece
        return self._cut(self._left.index(delimiter) + len(delimiter))

    def send(self, data: bytes) -> None:
        """Send all of it."""
        for start in range(0, len(data), PIECE):
            self._socket.sendall(data[start : start + PIECE])

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._left[:size])
        del self._left[:size]
        return taken


class TCPServer:
    """Hands clients to the threads of a pool."""

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
        self._handler, self._idle_timeout, self._grace = handler, idle_timeout, grace
        self._listener = socket.create_server((host, port))
        self._listener.settimeout(0)
        self.address = self._listener.getsockname()
        self._sleeper, self._waker = socket.socketpair()
        self._pool = ThreadPoolExecutor(max_connections)
        self._places = threading.Semaphore(max_connections)
        self._talks: dict[Future[None], socket.socket] = {}
        self._stopping = False

    def serve_forever(self) -> None:
        """Give each client to the pool, until `stop` is called."""
        with self._listener, selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._sleeper, selectors.EVENT_READ)
            while not self._stopping:
                selector.select()
                if not self._stopping and self._places.acquire(timeout=0.1):
                    self._welcome()
        wait(self._talks, self._grace)
        for talk, client in self._talks.items():
            if not talk.done():
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        self._pool.shutdown(wait=False)

    def stop(self) -> None:
        """Wake the loop for the last time."""
        self._stopping = True
        self._waker.send(b"\0")

    def _welcome(self) -> None:
        try:
            client, peer = self._listener.accept()
        except OSError:
            self._places.release()
            return
        self._talks = {talk: one for talk, one in self._talks.items() if not talk.done()}
        self._talks[self._pool.submit(self._talk, client, peer)] = client

    def _talk(self, client: socket.socket, peer: Any) -> None:
        try:
            self._handler(Connection(client, peer, self._idle_timeout))
        except OSError:
            pass
        finally:
            with client, contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)
                end = time.monotonic() + 1.0
                while time.monotonic() < end:
                    client.settimeout(0.2)
                    if not client.recv(PIECE):
                        break
            self._places.release()
