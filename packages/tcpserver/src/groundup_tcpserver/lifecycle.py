"""Start, serve, stop: what a server does before and after its connections; the same for both.

    start()          bind and listen, then serve in the background
    serve_forever()  the same, and wait for Ctrl+C, SIGTERM or stop()
    stop(grace)      no new clients; those here may finish; then the doors close

The order of stopping is the point.  A server that ends while it talks has taken money and given
nothing, and one that waits for its slowest client never ends: so there is a time of grace.
"""

import logging
import math
import signal
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Self

from groundup_tcpserver.listener import Address, open_listener, plain_address

__all__ = ["Server"]

logger = logging.getLogger("groundup.tcpserver")

TICK = 0.2  # seconds after which a signal is noticed where the system does not wake us


class Server(ABC):
    """What both servers share; they differ in how they wait for many clients at once.

    Args:
        host: A name or an address; "" for every address of this machine.
        port: 0 lets the system choose: see ``address``.
        handler: Called with each connection.
        unix: The path of a Unix socket, in place of host and port.
        backlog: How many clients may wait in the kernel.
        max_connections: How many are served at a time; further ones wait in the backlog.
        idle_timeout: Seconds that a client may neither send nor read.
        grace: Seconds that open connections get when the server stops.
        max_buffer: Bytes that a message may have which is read as a whole.
    """

    def __init__(  # noqa: PLR0913 - each has a name, and a default that is right for most
        self,
        host: str,
        port: int,
        handler: Any,
        *,
        unix: str | None = None,
        backlog: int = 128,
        max_connections: int = 100,
        idle_timeout: float = 30.0,
        grace: float = 10.0,
        max_buffer: int = 1024 * 1024,
    ) -> None:
        for name, number in (
            *(("backlog", backlog), ("max_connections", max_connections)),
            *(("idle_timeout", idle_timeout), ("max_buffer", max_buffer)),
        ):
            if not number > 0:
                raise ValueError(f"{name} must be positive, got {number!r}")
        if idle_timeout > threading.TIMEOUT_MAX:
            raise ValueError(
                f"idle_timeout must be seconds that end, at most {threading.TIMEOUT_MAX:g}, "
                f"got {idle_timeout!r}"
            )
        if not grace >= 0:
            raise ValueError(f"grace must not be negative, got {grace!r}")
        self._where = host, port, unix, backlog
        self._handler = handler
        self._max_connections = max_connections
        self._idle_timeout = idle_timeout
        self._grace = grace
        self._max_buffer = max_buffer
        self._listener: socket.socket | None = None
        self._address: Address | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._deadline = math.inf  # when grace ends
        # A byte into one end wakes whoever waits for the other.
        self._waker: tuple[socket.socket, socket.socket] | None = None
        self._prepare()

    @property
    def address(self) -> Address:
        """Host and port where the server listens; the path and 0 for a Unix socket."""
        if self._address is None:
            raise RuntimeError("server has no address yet: start it first")
        return self._address

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called: a handler may want to say goodbye."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Bind, listen, and serve in a thread of its own.

        Raises:
            ListenError: The address cannot be listened on; one line that says the way out.
        """
        with self._lock:
            if self._listener is not None or self._stopping.is_set():
                raise RuntimeError("server can be started once: make another")
            host, port, unix, backlog = self._where
            self._listener = open_listener(host, port, unix=unix, backlog=backlog)
            self._address = plain_address(self._listener.getsockname())
            self._waker = socket.socketpair()
            for end in self._waker:
                end.settimeout(0)
            # A daemon: a program that ends without stop() must not hang in it.
            self._thread = threading.Thread(
                target=self._run,
                args=(self._listener, self._waker[0]),
                name="tcpserver",
                daemon=True,
            )
            self._thread.start()

    def serve_forever(self, announce: Callable[[Self], object] | None = None) -> None:
        """Serve until ``stop``, or in the main thread until Ctrl+C or SIGTERM; then stop.

        A second Ctrl+C breaks off the time of grace, and comes out as ``KeyboardInterrupt``.

        Args:
            announce: Called once clients are accepted; signals are already heeded then.

        Raises:
            ListenError: The server was not started, and cannot be.
        """
        asked: list[int] = []
        with _signals(asked):
            if self._listener is None:
                self.start()
            if announce is not None:
                announce(self)
            while not asked and not self._stopping.is_set():
                self._stopping.wait(TICK)
        try:
            self.stop()
        except KeyboardInterrupt:
            self.stop(0)
            raise

    def stop(self, grace: float | None = None) -> None:
        """Stop accepting, give open connections ``grace`` seconds, and close the rest.

        It may be called from any thread and again, to shorten the time; in a handler it only asks,
        and does not wait.
        """
        deadline = time.monotonic() + (self._grace if grace is None else grace)
        with self._lock:
            self._deadline = min(self._deadline, deadline)
            self._stopping.set()
            if self._thread is None:
                self._stopped.set()
        self._wake()
        if not self._is_handler_thread():
            self._stopped.wait()
            if self._thread is not None:
                self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _prepare(self) -> None:  # noqa: B027 - an engine may need nothing
        """Make what the engine needs before it runs."""

    @abstractmethod
    def _serve(self, listener: socket.socket, waker: socket.socket) -> None:
        """Serve until ``_stopping`` is set, and then until all is closed."""

    @abstractmethod
    def _is_handler_thread(self) -> bool:
        """Tell whether a handler runs in the calling thread."""

    def _run(self, listener: socket.socket, waker: socket.socket) -> None:
        """Run the engine, and leave nothing open however it ends."""
        try:
            self._serve(listener, waker)
        except Exception:
            logger.exception("the server has failed, and stops")
        finally:
            self._stopping.set()
            self._close_listener(listener)
            self._release()
            self._stopped.set()

    def _close_listener(self, listener: socket.socket) -> None:
        """Close the door; a Unix socket is also a file."""
        if listener.fileno() >= 0:
            listener.close()
            unix = self._where[2]
            if unix is not None:
                with suppress(OSError):
                    Path(unix).unlink()

    def _wake(self) -> None:
        """Wake the engine's thread; whether it was woken before does not matter."""
        waker = self._waker
        if waker is not None:
            with suppress(OSError):
                waker[1].send(b"\0")

    def _release(self) -> None:
        with self._lock:
            waker, self._waker = self._waker, None
        for end in waker or ():
            end.close()


@contextmanager
def _signals(asked: list[int]) -> Generator[None, None, None]:
    """Note SIGINT and SIGTERM in a list while the block runs; only the main thread may.

    The handler does next to nothing: it interrupts whatever line runs, so it must not take locks.
    Afterwards the old handlers are back: a second Ctrl+C breaks off the waiting.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, _: FrameType | None) -> None:
        asked.append(number)

    earlier = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
