"""A TCP server: it listens at a port and hands each client to a handler."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

LINGER = 1.0  # seconds in which a client may take note of the end
LOOK = 0.1  # seconds between two looks at whether to stop
PIECE = 65536  # bytes that are received at once


class Connection:
    """One client, as its handler sees it."""

    def __init__(self, client: socket.socket, peer: Any, idle_timeout: float) -> None:
        client.settimeout(idle_timeout)
        self.peer = peer
        self._socket = client
        self._buffer = b""  # what has arrived and nobody has taken

    def read(self, size: int = 65536) -> bytes:
        """Wait for bytes and return at most `size`; b"" when the client will send no more."""
        if not self._buffer:
            self._buffer = self._socket.recv(PIECE)
        return self._take(size)

    def read_until(self, delimiter: bytes = b"\n", limit: int = 65536) -> bytes:
        """Wait for a delimiter and return everything up to it, and it, at most `limit` bytes."""
        while (end := self._buffer.find(delimiter, 0, limit)) < 0:
            if len(self._buffer) >= limit:
                raise ValueError(f"{delimiter!r} must come within {limit} bytes")
            data = self._socket.recv(PIECE)
            if not data:
                raise ConnectionError(f"{delimiter!r} must come, got {self._buffer!r:.40}, the end")
            self._buffer += data
        return self._take(end + len(delimiter))

    def send(self, data: bytes) -> None:
        """Wait until the system has taken all of the bytes."""
        view = memoryview(data)
        while view:  # not sendall: its time-out is for all, and this one for each piece
            view = view[self._socket.send(view[:PIECE]) :]

    def _take(self, size: int) -> bytes:
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


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
        self._max_connections = max_connections
        self._idle_timeout = idle_timeout
        self._grace = grace
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()  # guards the set, and says that it has changed
        self._stopping = threading.Event()
        self._listener = open_listener(host, port)
        self.address = self._listener.getsockname()

    def serve_forever(self) -> None:
        """Give each client to the handler, until `stop` is called."""
        with self._listener:
            while not self._stopping.is_set():
                if self._wait_for_place():
                    self._accept()
        self._say_goodbye()

    def stop(self) -> None:
        """Make `serve_forever` return; from any thread, also before it and twice."""
        self._stopping.set()

    def _accept(self) -> None:
        try:
            client, peer = self._listener.accept()
        except TimeoutError:  # nobody came
            return
        except OSError:  # a client that is gone already, or no descriptor is free
            self._stopping.wait(LOOK)
            return
        with self._changed:
            self._open.add(client)
        threading.Thread(target=self._talk, args=(client, peer), daemon=True).start()

    def _talk(self, client: socket.socket, peer: Any) -> None:
        """Hold one conversation: what runs in each thread."""
        try:
            self._handler(Connection(client, peer, self._idle_timeout))
        except (ConnectionError, TimeoutError):
            pass  # gone, or silent: that is what clients do
        finally:
            finish(client)
            with self._changed:
                self._open.discard(client)
                self._changed.notify_all()

    def _wait_for_place(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self._open) < self._max_connections, LOOK)

    def _say_goodbye(self) -> None:
        """Let open conversations end, and break off those that do not."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open, self._grace)
            for client in self._open:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, LINGER)


def finish(client: socket.socket) -> None:
    """Close a connection so that what was sent last is read: our half first, then the other."""
    deadline = time.monotonic() + LINGER
    with client, contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_WR)
        while (left := deadline - time.monotonic()) > 0:
            client.settimeout(left)
            if not client.recv(PIECE):
                return


def open_listener(host: str, port: int) -> socket.socket:
    """Return the socket that clients knock at."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # so a restart need not wait for connections that have just ended
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        text = f"cannot listen on {host}:{port}: {error.strerror}: port 0 finds a free one"
        raise OSError(error.errno, text) from error
    listener.settimeout(LOOK)
    return listener
