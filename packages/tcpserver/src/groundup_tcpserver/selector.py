"""All connections in one thread: a readiness loop over sockets that never block.

    ┌─► ask the system which sockets are ready ──┐
    │   (epoll, kqueue or select: selectors)     ▼
    │                          for each: its handler goes on,
    └────────────────────────  until it has to wait again

A client that waits costs a few hundred bytes and no thread, so thousands may wait.  The price: a
handler that computes for a second stops everybody for a second, and nothing may block, so each wait
must be given away with ``yield``.  Event loops of every name are this page, grown up.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from groundup_tcpserver.accepting import Acceptor
from groundup_tcpserver.connection import PIECE
from groundup_tcpserver.lifecycle import Server
from groundup_tcpserver.listener import Address
from groundup_tcpserver.nonblocking import AGAIN, ENDED, SelectorConnection

__all__ = ["SelectorServer"]

TICK = 0.1  # seconds between two looks at the clock
READ = selectors.EVENT_READ
WATCHED = frozenset({selectors.EVENT_READ, selectors.EVENT_WRITE})


class SelectorServer(Server):
    r"""Serve all clients in one thread.

    >>> import socket
    >>> def greet(connection):
    ...     yield connection.send(b"Hello from server!\r\n")
    >>> with SelectorServer("127.0.0.1", 0, greet) as server:
    ...     with socket.create_connection(server.address) as client:
    ...         client.recv(100)
    b'Hello from server!\r\n'

    The handler is a generator function of a ``SelectorConnection``.  The methods of the server may
    be called from any thread.
    """

    def _is_handler_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def _serve(self, listener: socket.socket, waker: socket.socket) -> None:
        with Loop(listener, waker, self._max_connections, self._converse) as loop:
            while not self.stopping:
                loop.turn()
            self._close_listener(loop.drain())
            while loop.busy and time.monotonic() < self._deadline:
                loop.turn()

    def _converse(self, client: socket.socket, peer: Address) -> SelectorConnection:
        return SelectorConnection(
            client,
            peer,
            self._handler,
            idle_timeout=self._idle_timeout,
            max_buffer=self._max_buffer,
        )


class Loop:
    """The sockets of one server, and who waits for which."""

    def __init__(
        self,
        listener: socket.socket,
        waker: socket.socket,
        places: int,
        converse: Callable[[socket.socket, Address], SelectorConnection],
    ) -> None:
        self._listener = listener
        self._waker = waker
        self._places = places
        self._converse = converse
        self._acceptor = Acceptor(listener)
        self._selector = selectors.DefaultSelector()
        self._selector.register(waker, READ)
        self._waiting: dict[SelectorConnection, int] = {}  # connections, and for what they wait
        self._ready: list[SelectorConnection] = []
        self._watching = False  # the listener
        self._next_look = 0.0
        self._closed_until = 0.0  # when there are no file descriptors for new clients

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Break off every conversation that has not ended."""
        for connection in self._waiting:
            connection.abort()
        self._selector.close()

    @property
    def busy(self) -> bool:
        """Whether a conversation goes on."""
        return bool(self._waiting)

    def turn(self) -> None:
        """Wait until something can go on, and let it go on until it waits again."""
        self._watch_door()
        ready, self._ready = self._ready, []
        for key, _ in self._selector.select(0 if ready else TICK):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._waker:
                self._waker.recv(PIECE)
            else:
                ready.append(key.data)
        for connection in dict.fromkeys(ready):
            if connection in self._waiting:
                self._settle(connection, connection.advance())
        self._look_at_the_clock()

    def drain(self) -> socket.socket:
        """Close the door, and end the conversations that are between two messages."""
        self._places = 0
        self._watch_door()
        for connection in list(self._waiting):
            connection.drain()
            self._settle(connection, connection.advance())
        return self._listener

    def _watch_door(self) -> None:
        """Watch the listener while there are places: the back pressure is not to look."""
        wanted = len(self._waiting) < self._places and time.monotonic() >= self._closed_until
        if wanted and not self._watching:
            self._selector.register(self._listener, READ)
        elif self._watching and not wanted:
            self._selector.unregister(self._listener)
        self._watching = wanted

    def _accept(self) -> None:
        accepted = self._acceptor.accept()
        self._closed_until = time.monotonic() + self._acceptor.delay
        if accepted is not None:
            connection = self._converse(*accepted)
            self._waiting[connection] = AGAIN
            self._settle(connection, connection.advance())

    def _settle(self, connection: SelectorConnection, event: int) -> None:
        """Wait for what a conversation waits for now, or free it at its end."""
        before = self._waiting[connection]
        if before in WATCHED and event not in WATCHED:
            self._selector.unregister(connection.socket)
        elif before in WATCHED and event != before:
            self._selector.modify(connection.socket, event, connection)
        elif before not in WATCHED and event in WATCHED:
            self._selector.register(connection.socket, event, connection)
        if event == ENDED:
            del self._waiting[connection]
            connection.socket.close()
            return
        self._waiting[connection] = event
        if event == AGAIN:
            self._ready.append(connection)

    def _look_at_the_clock(self) -> None:
        """Tell conversations whose client is silent; a look at all costs time, so it is rare."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + TICK
            for connection in [each for each in self._waiting if now >= each.deadline]:
                self._settle(connection, connection.expire())
