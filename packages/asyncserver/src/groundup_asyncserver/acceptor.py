"""Accept connections from a listening socket, and wait when the system has none left to give.

    readable ─► accept ─► accept ─► ... ─► nothing more for now
                   └── out of file descriptors: say so once, look again a little later

The loop's own ``create_server`` does nearly this.  But asyncio's, up to Python 3.13, goes on to
accept when there are no descriptors: thousands of log records a second, each with a traceback, from
a server that is short of resources already.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from ssl import SSLContext

__all__ = ["Acceptor"]

logger = logging.getLogger("groundup.server")

AT_ONCE = 64  # connections that are accepted before others have their turn
PAUSE = 0.25  # seconds
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Acceptor:
    """Gives each connection of a socket a transport and a protocol.  Belongs to one event loop.

    Args:
        listening: The socket; whoever opened it closes it, after ``close``.
        make_protocol: What makes the protocols.
        ssl: Rules for TLS, or None.
        handshake_timeout: Seconds for a TLS handshake.
        max_opening: Connections that may be in their TLS handshake; more are closed.
    """

    def __init__(
        self,
        listening: socket.socket,
        make_protocol: Callable[[], asyncio.BaseProtocol],
        ssl: SSLContext | None,
        handshake_timeout: float,
        max_opening: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        self._make_protocol = make_protocol
        self._ssl = ssl
        self._handshake_timeout = handshake_timeout if ssl is not None else None
        self._max_opening = max_opening
        self._opening: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._told = False

    def start(self) -> None:
        """Accept from now on.

        Raises:
            NotImplementedError: This loop cannot watch a socket (Windows).
        """
        self._timer = None
        self._loop.add_reader(self._listening, self._accept)

    def close(self) -> None:
        """Accept nothing more; what has not ended its TLS handshake is dropped."""
        if self._timer is None:
            self._loop.remove_reader(self._listening)
        else:
            self._timer.cancel()
        for task in self._opening:
            task.cancel()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                self._told = False  # nobody waits: if it happens again, that is news
                return
            except ConnectionAbortedError:  # the client has left the queue
                continue
            except OSError as error:
                if error.errno not in EXHAUSTED:
                    raise
                self._pause(error)
                return
            if self._ssl is not None and len(self._opening) >= self._max_opening:
                connection.close()
                continue
            connection.setblocking(False)  # noqa: FBT003 - its only form
            task = self._loop.create_task(self._open(connection))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def _pause(self, error: OSError) -> None:
        """Leave the queue to the system until others may have closed something."""
        self._loop.remove_reader(self._listening)
        self._timer = self._loop.call_later(PAUSE, self.start)
        if not self._told:
            self._told = True
            logger.error("cannot accept connections for now: %s", error.strerror)

    async def _open(self, connection: socket.socket) -> None:
        with suppress(OSError):  # a handshake that failed, or took too long: the client's affair
            await self._loop.connect_accepted_socket(
                self._make_protocol,
                connection,
                ssl=self._ssl,
                ssl_handshake_timeout=self._handshake_timeout,
            )
