"""A thread for each connection, behind one accept loop: the plain way to serve many clients.

    accept loop    wait for a free place ─► wait for a client ─► accept ─► a thread, and again
    its thread     handler(connection) ─► goodbye ─► the place is free

The number of places is the back pressure: when all are taken, nobody calls accept, the kernel's
backlog fills, and further clients wait before they cost anything.  A thread costs memory, and each
switch between threads some microseconds; a hundred are nothing, ten thousand are too many.
"""

import selectors
import socket
import threading
import time

from groundup_tcpserver.accepting import Acceptor
from groundup_tcpserver.connection import Connection
from groundup_tcpserver.conversation import log_failure, run_blocking
from groundup_tcpserver.lifecycle import Server, logger
from groundup_tcpserver.listener import Address

__all__ = ["TCPServer"]

LAST_WAIT = 1.0  # seconds in which handlers may notice that their connection was closed


class TCPServer(Server):
    r"""Serve each client in a thread of its own.

    >>> import socket
    >>> def greet(connection):
    ...     connection.send(b"Hello from server!\r\n")
    >>> with TCPServer("127.0.0.1", 0, greet) as server:
    ...     with socket.create_connection(server.address) as client:
    ...         client.recv(100)
    b'Hello from server!\r\n'

    The handler is a function of a ``Connection``, plain or a generator.  The methods of the server
    may be called from any thread.
    """

    def _prepare(self) -> None:
        self._changed = threading.Condition()  # also guards the next one
        self._connections: dict[threading.Thread, Connection] = {}

    def _is_handler_thread(self) -> bool:
        return threading.current_thread() in self._connections

    def _wake(self) -> None:
        super()._wake()
        with self._changed:
            self._changed.notify_all()

    def _serve(self, listener: socket.socket, waker: socket.socket) -> None:
        acceptor = Acceptor(listener)
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(waker, selectors.EVENT_READ)
            while self._wait_for_place():
                if acceptor.delay:
                    self._stopping.wait(acceptor.delay)
                selector.select()
                if not self.stopping and (accepted := acceptor.accept()) is not None:
                    self._welcome(acceptor, *accepted)
        self._close_listener(listener)
        self._say_goodbye()

    def _wait_for_place(self) -> bool:
        """Wait until one more client may come; False when the server stops."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.stopping or len(self._connections) < self._max_connections
            )
        return not self.stopping

    def _welcome(self, acceptor: Acceptor, client: socket.socket, peer: Address) -> None:
        connection = Connection(
            client, peer, idle_timeout=self._idle_timeout, max_buffer=self._max_buffer
        )
        # A daemon: a handler that never ends must not keep the process alive after its grace.
        thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
        with self._changed:
            self._connections[thread] = connection
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread left
            acceptor.postpone(error)
            connection.close()
            connection.finish()
            self._forget(thread)

    def _talk(self, connection: Connection) -> None:
        """Hold one conversation: what runs in each thread."""
        try:
            run_blocking(self._handler, connection)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a handler may raise anything
            log_failure(connection, error)
        finally:
            connection.finish()
            self._forget(threading.current_thread())

    def _forget(self, thread: threading.Thread) -> None:
        with self._changed:
            del self._connections[thread]
            self._changed.notify_all()

    def _say_goodbye(self) -> None:
        """Let open conversations end, and close those that do not."""
        with self._changed:
            for connection in self._connections.values():
                connection.drain()
            while self._connections and (left := self._deadline - time.monotonic()) > 0:
                self._changed.wait(left)  # also woken when stop() is called with a shorter grace
            for connection in self._connections.values():
                connection.close()
            self._changed.wait_for(lambda: not self._connections, LAST_WAIT)
            if self._connections:
                logger.warning("handlers that do not end: %d", len(self._connections))
