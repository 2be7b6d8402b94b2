"""Lend connections: at most so many, each to one borrower at a time.

    acquire ─► idle? ── yes ─► still good? ── yes ─► lend
                 │                  └─ no ─► close it, look again
                 no
                 └─► fewer than size? ── yes ─► open one (outside the lock)
                            └─ no ─► wait, at most ``timeout`` seconds

The connection used last is lent first: its caches are warm, and those at the bottom grow old and
are replaced.  A connection comes back clean: what is left of a transaction is rolled back.
"""

import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from groundup_orm.connection import Connection
from groundup_orm.errors import OperationalError, PoolTimeout

__all__ = ["Pool"]


class Pool:
    """A bounded set of connections.  Safe to share between threads, and to inherit by fork.

    Args:
        connect: Opens a connection.
        size: The most connections at a time.
        timeout: Seconds to wait for one.
        recycle: Seconds after which a connection is replaced; firewalls drop old ones silently.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        size: int = 10,
        timeout: float = 30.0,
        recycle: float = 1800.0,
    ) -> None:
        if size < 1:
            raise ValueError(f"size of the pool must be at least 1, got {size}")
        self._connect = connect
        self.size = size
        self.timeout = timeout
        self.recycle = recycle
        self._lock = threading.RLock()  # a forgotten session may be collected while we hold it
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self._idle: list[Connection] = []
        self._lent: set[Connection] = set()  # reachable from here, so never collected as garbage
        self._taken = 0  # lent, or about to be
        self._closed = False
        self._process = os.getpid()

    @property
    def taken(self) -> int:
        """How many connections are lent now."""
        return self._taken

    @property
    def idle(self) -> int:
        """How many connections are open and waiting."""
        return len(self._idle)

    def acquire(self) -> Connection:
        """Take a connection; it must be given back with ``release``.

        Raises:
            PoolTimeout: All are lent, and none came back in time.
            OperationalError: The database cannot be reached, or the pool is closed.
        """
        self._survive_fork()
        deadline = time.monotonic() + self.timeout
        while True:
            candidate = self._take(deadline)
            if candidate is None:
                candidate = self._open()
            elif not self._is_good(candidate):
                self._discard(candidate)
                continue
            self._lent.add(candidate)
            return candidate

    def _take(self, deadline: float) -> Connection | None:
        """Return an idle connection, or None for the right to open one."""
        with self._lock:
            while not self._closed:
                if self._idle:
                    self._taken += 1
                    return self._idle.pop()
                if self._taken < self.size:
                    self._taken += 1
                    return None
                self._wait(deadline)
        raise OperationalError("database is closed")

    def _wait(self, deadline: float) -> None:
        self._waiting += 1
        try:
            changed = self._changed.wait(deadline - time.monotonic())
        finally:
            self._waiting -= 1
        if not changed:
            raise PoolTimeout(
                f"no connection became free in {self.timeout:g} seconds, "
                f"all {self.size} are lent: commit or close sessions when they are done"
            )

    def _open(self) -> Connection:
        try:
            return self._connect()
        except BaseException:
            self._free_slot()
            raise

    def _is_good(self, connection: Connection) -> bool:
        young = time.monotonic() - connection.opened < self.recycle
        return young and connection.dialect.is_usable(connection.raw)

    def _discard(self, connection: Connection) -> None:
        self._free_slot()
        with suppress(Exception):
            connection.close()

    def _free_slot(self) -> None:
        with self._lock:
            self._taken -= 1
            self._changed.notify()

    def release(self, connection: Connection) -> None:
        """Take a connection back; one that is not lent (any more) is left alone."""
        if connection not in self._lent:
            return
        self._lent.remove(connection)
        if connection.in_transaction:
            connection.rollback()
        elif not connection.broken and connection.dialect.has_transaction(connection.raw):
            connection.rollback()  # somebody has sent BEGIN by hand
        if connection.broken:
            self._discard(connection)
            return
        with self._lock:
            if not self._closed:
                self._taken -= 1
                self._idle.append(connection)
                if self._waiting:
                    self._changed.notify()
                return
        self._discard(connection)

    @contextmanager
    def lend(self) -> Generator[Connection]:
        """Lend a connection for a block."""
        connection = self.acquire()
        try:
            yield connection
        finally:
            self.release(connection)

    def close(self) -> None:
        """Close all idle connections now and the lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for connection in idle:
            connection.close()

    def _survive_fork(self) -> None:
        """Leave the parent's connections alone: both processes would talk on one socket."""
        if self._process == os.getpid():
            return
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        # Kept, so that nothing says goodbye in the parent's name.
        self._inherited = [*self._idle, *self._lent]
        self._idle, self._taken, self._waiting, self._process = [], 0, 0, os.getpid()
        self._lent = set()
