"""One client, as a handler in a thread of its own sees it: every call waits until it is done.

    read, read_until, read_exactly   wait for bytes, at most the idle time without one
    send                             waits until the kernel has taken all of them
    close                            says goodbye, and makes sure that it is heard

A program in Python runs one thread at a time, and each call to the kernel passes the turn on.  With
many clients that costs more than the call, so reading is one call and sending is one: the kernel
keeps the time itself, where others ask first whether a socket is ready, and wait with that call.

Closing has a trap.  If unread bytes wait in our end when it is closed, the kernel answers them with
a reset, and a reset may destroy what we sent last before the client has read it.  So first only the
sending half is closed, then what still comes is read and dropped for a short while, then the rest.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Callable

from groundup_tcpserver.buffer import Buffer
from groundup_tcpserver.errors import ConnectionClosed, IdleTimeout, TCPServerError
from groundup_tcpserver.listener import Address

__all__ = ["LINGER", "LINGER_BYTES", "PIECE", "Connection", "explain"]

PIECE = 64 * 1024  # bytes moved with one call to the kernel
AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0)  # Windows has no such flag
LINGER = 2.0  # seconds in which a client may take note of the end
LINGER_BYTES = 1024 * 1024  # what it may still send meanwhile


class Connection:
    """A connection whose calls block; made by ``TCPServer``.

    It belongs to the thread of its handler; ``close`` alone may be called from any.
    """

    def __init__(
        self, client: socket.socket, peer: Address, *, idle_timeout: float, max_buffer: int
    ) -> None:
        limit_waiting(client, idle_timeout)
        self.peer = peer
        """Host and port of the client."""
        self._socket = client
        self._idle_timeout = idle_timeout
        self._buffer = Buffer(max_buffer)
        self._between = False
        self._draining = False
        self._closed = False

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<Connection {self.peer[0]}:{self.peer[1]} {state}>"

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed

    def read(self, max_bytes: int = PIECE, *, between: bool = False) -> bytes:
        """Wait for bytes and return up to ``max_bytes``; b"" when the client will send no more.

        Args:
            max_bytes: How many at most.
            between: Whether this is a moment between two messages, in which a server that stops
                may end the conversation: then b"" comes at once.

        Raises:
            IdleTimeout: The client sent nothing for the idle time.
            ConnectionClosed: The connection is broken.
        """
        found = self._buffer.take_some(max_bytes)
        if found is not None:
            return found
        self._between = between
        try:
            # In this order, and the other way round in drain(): so none of the two is missed.
            if between and self._draining:
                return b""
            return self._receive(min(max_bytes, PIECE))
        finally:
            self._between = False

    def read_until(self, delimiter: bytes = b"\n", limit: int = PIECE) -> bytes:
        """Wait for a delimiter and return everything up to it, and it.

        Raises:
            IdleTimeout: The client sent nothing for the idle time.
            LimitExceeded: The delimiter did not come within ``limit`` bytes.
            ConnectionClosed: The client ended before; ``partial`` has what it sent.
        """
        return self._fill(lambda: self._buffer.take_until(delimiter, limit))

    def read_exactly(self, size: int) -> bytes:
        """Wait for ``size`` bytes and return them.

        Raises:
            IdleTimeout: The client sent nothing for the idle time.
            LimitExceeded: It is more than ``max_buffer`` of the server.
            ConnectionClosed: The client ended before; ``partial`` has what it sent.
        """
        return self._fill(lambda: self._buffer.take_exactly(size))

    def send(self, data: bytes) -> None:
        """Wait until the kernel has taken all bytes; not until the client has read them.

        Raises:
            IdleTimeout: The client read nothing for the idle time.
            ConnectionClosed: The connection is broken or closed.
        """
        try:
            sent = self._socket.send(data, AT_ONCE)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise explain(error, self._idle_timeout) from error
        if sent < len(data):
            self._send_slowly(memoryview(data)[sent:])

    def close(self) -> None:
        """Break the connection off, from any thread; a call that waits in another one fails."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        """Say goodbye, wait a moment until it is heard, and free the socket; once, at the end."""
        with contextlib.closing(self._socket), contextlib.suppress(OSError):
            if not self._closed:
                self._closed = True
                self._socket.shutdown(socket.SHUT_WR)
                self._linger()

    def drain(self) -> None:
        """End the conversation at the next moment between two messages; from any thread."""
        self._draining = True
        if self._between:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RD)

    def _fill(self, take: Callable[[], bytes | None]) -> bytes:
        """Receive until the buffer holds what is to be taken."""
        while (found := take()) is None:
            self._buffer.add(self._receive(PIECE))
        return found

    def _receive(self, size: int) -> bytes:
        try:
            data = self._socket.recv(size)
        except OSError as error:
            raise explain(error, self._idle_timeout) from error
        if not data:
            self._buffer.end()
        return data

    def _send_slowly(self, data: memoryview) -> None:
        """Send to a client that does not read as fast as we write: wait for room in the kernel."""
        self._socket.settimeout(self._idle_timeout)  # from here on each call asks first
        while data:
            try:
                sent = self._socket.send(data[: 4 * PIECE])
            except OSError as error:
                raise explain(error, self._idle_timeout) from error
            data = data[sent:]

    def _linger(self) -> None:
        """Read and drop what the client still sends, for a while."""
        deadline, dropped = time.monotonic() + LINGER, 0
        while dropped < LINGER_BYTES and (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            data = self._socket.recv(min(PIECE, LINGER_BYTES - dropped))
            if not data:
                return
            dropped += len(data)


def limit_waiting(client: socket.socket, seconds: float) -> None:
    """Let a call that waits for a client fail after so many seconds."""
    if AT_ONCE:
        client.settimeout(None)
        whole, part = divmod(max(seconds, 1e-6), 1)  # zero would be for ever
        timeval = struct.pack("ll", int(whole), int(part * 1e6))
        with contextlib.suppress(OSError):  # a system whose times have another form
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeval)
            return
    client.settimeout(seconds)


def explain(error: OSError, idle_timeout: float) -> TCPServerError:
    """Return the error that says what an error of a socket means here."""
    if isinstance(error, TimeoutError | BlockingIOError):  # who of the two had the clock
        return IdleTimeout(f"client must send or read within {idle_timeout:g} seconds")
    return ConnectionClosed(f"client must stay connected: {error.strerror or error}")
