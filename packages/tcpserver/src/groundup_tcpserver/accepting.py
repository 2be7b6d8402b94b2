"""Accept clients, also when the system has nothing left to accept them with.

A client that has gone again before it was accepted is nothing; the next one may be fine.  A process
without free file descriptors is something else: the client stays in the backlog, so the listener
is ready again at once, and a loop that only tries again burns a whole processor.  So it waits a
little, longer each time, and says so once.
"""

import contextlib
import errno
import logging
import socket

from groundup_tcpserver.listener import Address, plain_address

__all__ = ["Acceptor"]

logger = logging.getLogger("groundup.tcpserver")

# What accept() says of a client, and not of us.
GONE = frozenset(
    {
        *(errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.ECONNABORTED, errno.EPROTO),
        *(errno.EPERM, errno.ENETDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNRESET),
    }
)
FIRST_DELAY = 0.05  # seconds
LAST_DELAY = 1.0


class Acceptor:
    """Takes clients from a listening socket, which must not block."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.delay = 0.0
        """Seconds to wait before the next try."""

    def accept(self) -> tuple[socket.socket, Address] | None:
        """Return the next client with its address, or None when there is none now."""
        try:
            client, name = self._listener.accept()
        except OSError as error:
            if error.errno not in GONE:
                self.postpone(error)
            return None
        self.delay = 0.0
        with contextlib.suppress(OSError):  # a Unix socket has no such option
            # A small answer goes out at once, and does not wait for the next one.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client, plain_address(name)

    def postpone(self, error: Exception) -> None:
        """Wait longer before the next try, and say why before the first of these waits."""
        if not self.delay:
            logger.warning("cannot serve more clients, they have to wait: %s", error)
        self.delay = min(max(2 * self.delay, FIRST_DELAY), LAST_DELAY)
