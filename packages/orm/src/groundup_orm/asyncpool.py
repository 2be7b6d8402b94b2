"""Lend connections to the tasks of one event loop: at most so many, first come, first served.

    take ─► idle? ── yes, and still good ─► lend
              │
              no ─► wait: stand in the queue, and open a connection if there may be one more
                                 │
    release ◄── from a task, a stray one, one that was opened: to the first of the queue, or idle

Connections are opened for the queue, not for one task: a task that is cancelled leaves the queue,
and the connection that was opened for it finds another.  All of this runs on the loop, so it needs
no locks; only opening happens in threads.  One timer serves the whole queue, since its head is
always the oldest.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from groundup_orm.asyncconnection import AsyncConnection, Dial
from groundup_orm.errors import OperationalError, PoolTimeout

__all__ = ["AsyncPool"]

Waiter = asyncio.Future[AsyncConnection]


class AsyncPool:
    """A bounded set of connections.  Only the loop's thread may use it, except for ``shut``.

    Args:
        loop: The event loop.
        connect: Opens a connection of psycopg; called in a thread.
        dial: Runs a function in a thread.
        size: The most connections at a time.
        timeout: Seconds to wait for one.
        recycle: Seconds after which a connection is replaced.
        patience: Seconds in which a statement that was cancelled must end.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        connect: Callable[[], Any],
        dial: Dial,
        *,
        size: int,
        timeout: float,
        recycle: float,
        patience: float,
    ) -> None:
        self.loop = loop
        self.size = size
        self.timeout = timeout
        self._connect = connect
        self._dial = dial
        self._recycle = recycle
        self._patience = patience
        self._connections: set[AsyncConnection] = set()
        self._idle: list[AsyncConnection] = []
        self._opening = 0
        self._queue: deque[tuple[float, Waiter]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._arrived: list[Any] = []  # opened, and not yet a connection
        self._closed = False

    @property
    def idle(self) -> int:
        """How many connections are open and free."""
        return len(self._idle)

    @property
    def opened(self) -> int:
        """How many connections are open, or about to be."""
        return len(self._connections) + self._opening

    # -- lending ---------------------------------------------------------------------------------

    def take(self) -> AsyncConnection | None:
        """Return a connection that is free, or None; it must be given back with ``release``."""
        while self._idle:
            connection = self._idle.pop()
            if connection.good and not self._is_old(connection):
                return connection
            connection.close()
            self._connections.discard(connection)
        return None

    async def wait(self) -> AsyncConnection:
        """Wait for a connection.

        Raises:
            PoolTimeout: None became free in time.
            OperationalError: The server cannot be reached, or the pool is closed.
        """
        if self._closed:
            raise OperationalError("database is closed")
        waiter: Waiter = self.loop.create_future()
        place = (self.loop.time() + self.timeout, waiter)
        self._queue.append(place)
        self._open_more()
        self._set_timer()
        try:
            return await waiter
        except BaseException:
            with suppress(ValueError):
                self._queue.remove(place)
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release(waiter.result())  # lent and cancelled at the same time
            raise

    def release(self, connection: AsyncConnection) -> None:
        """Take a connection back, and lend it to the next one who waits."""
        if connection.stray:
            return  # it comes back by itself
        if connection.closed:
            self._drop(connection)
        elif not connection.clean:
            connection.undo()
        elif self._closed or self._is_old(connection):
            connection.close()
            self._drop(connection)
        else:
            self._lend_on(connection)

    def _lend_on(self, connection: AsyncConnection) -> None:
        if (waiter := self._next_waiter()) is not None:
            waiter.set_result(connection)
        else:
            self._idle.append(connection)

    def _is_old(self, connection: AsyncConnection) -> bool:
        return self.loop.time() - connection.opened >= self._recycle

    def _drop(self, connection: AsyncConnection) -> None:
        self._connections.discard(connection)
        with suppress(ValueError):
            self._idle.remove(connection)
        self._open_more()

    def _next_waiter(self) -> Waiter | None:
        """Remove and return the first of the queue who still waits."""
        while self._queue:
            _, waiter = self._queue.popleft()
            if not waiter.done():
                return waiter
        return None

    # -- opening ---------------------------------------------------------------------------------

    def _open_more(self) -> None:
        """Open a connection for each who waits, as far as there may be more."""
        if self.opened >= self.size or self._closed or self.loop.is_closed():
            return
        while self._opening < len(self._queue) and self.opened < self.size:
            self._opening += 1
            self._dial(self._connect).add_done_callback(self._tell_opened)

    def _tell_opened(self, opening: Future[Any]) -> None:
        """Called in the thread."""
        raw = None if opening.cancelled() or opening.exception() else opening.result()
        if raw is not None:
            self._arrived.append(raw)
        try:
            self.loop.call_soon_threadsafe(self._note_opened, opening)
        except RuntimeError:  # the loop is closed
            if raw is not None:
                raw.close()

    def _note_opened(self, opening: Future[Any]) -> None:
        self._opening -= 1
        try:
            connection = self._make_connection(opening.result())
            if self._closed:
                connection.close()
                return
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for it
            if (waiter := self._next_waiter()) is not None:
                waiter.set_exception(error)
            self._open_more()
            return
        self._connections.add(connection)
        self._lend_on(connection)

    def _make_connection(self, raw: Any) -> AsyncConnection:
        self._arrived.remove(raw)
        try:
            return AsyncConnection(
                raw, self.loop, self.release, dial=self._dial, patience=self._patience
            )
        except Exception:
            raw.close()  # lost already, or the loop has no room for its socket
            raise

    # -- waiting no longer -----------------------------------------------------------------------

    def _set_timer(self) -> None:
        if self._timer is None and self._queue:
            wait = max(self._queue[0][0] - self.loop.time(), 0)
            self._timer = self.loop.call_later(wait, self._expire)

    def _expire(self) -> None:
        """Tell those who have waited too long."""
        self._timer = None
        now = self.loop.time()
        while self._queue and (self._queue[0][0] <= now or self._queue[0][1].done()):
            _, waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_exception(
                    PoolTimeout(
                        f"no connection became free in {self.timeout:g} seconds, all {self.size} "
                        "are busy: make queries shorter or pool_size larger"
                    )
                )
        self._set_timer()

    # -- life ------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the connections that nobody waits for now, and the others when they come back."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while (waiter := self._next_waiter()) is not None:
            if not self.loop.is_closed():
                waiter.set_exception(OperationalError("database is closed"))
        for connection in tuple(self._connections):
            if connection.stray or connection in self._idle or self.loop.is_closed():
                connection.close()
                self._connections.discard(connection)
        self._idle.clear()
        while self.loop.is_closed() and self._arrived:
            self._arrived.pop().close()

    def shut(self) -> None:
        """Close from any thread, whatever the loop is doing."""
        if self.loop.is_running() and not is_running_here(self.loop):
            with suppress(RuntimeError):  # it was closed in between
                self.loop.call_soon_threadsafe(self.close)
                return
        self.close()


def is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a loop runs in this thread."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
