"""Which event loop has which connections, and which loops can have any.

    loop of this thread ─► its Awaited, made when it is first asked for
                        └─► None: the loop cannot watch a socket (Windows' proactor): use a thread

A socket is watched by one loop, so each loop has connections of its own; those of a loop that was
closed are closed when the next one comes.  A forked child leaves its parent's connections alone.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from groundup_orm.connection import Listener
from groundup_orm.dialects import Dialect
from groundup_orm.errors import OperationalError
from groundup_orm.pool import Pool
from groundup_orm.workers import Workers

if TYPE_CHECKING:
    from groundup_orm.awaited import Awaited

__all__ = ["Loops", "can_watch"]


def can_watch(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a loop can tell when a socket is ready.

    Windows' proactor cannot: it has only what every loop inherits, which raises.
    """
    return type(loop).add_reader is not asyncio.AbstractEventLoop.add_reader


class Loops:
    """The connections of all loops to one PostgreSQL server.  May be shared between threads.

    Args:
        dialect: The server.
        connect: Opens a connection of psycopg.
        listeners: Who is told of statements.
        workers: The threads to open connections in.
        limits: The pool of the threads: its size and times hold for each loop, too.
        patience: Seconds in which a statement that was cancelled must end.
    """

    def __init__(
        self,
        dialect: Dialect,
        connect: Callable[[], Any],
        listeners: Sequence[Listener],
        *,
        workers: Workers,
        limits: Pool,
        patience: float,
    ) -> None:
        self._dialect = dialect
        self._connect = connect
        self._listeners = listeners
        self._workers = workers
        self._limits = limits
        self._patience = patience
        self._known: dict[asyncio.AbstractEventLoop, Awaited] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._closed = False

    def here(self) -> "Awaited | None":
        """Return what awaits statements on the loop that runs in this thread.

        None: it cannot, so a thread must.
        """
        loop = asyncio.get_running_loop()
        found = self._known.get(loop)
        if found is not None and self._process == os.getpid():
            return found
        return self._make(loop) if can_watch(loop) else None

    def _make(self, loop: asyncio.AbstractEventLoop) -> "Awaited":
        # psycopg is an extra: these import it.
        from groundup_orm.asyncpool import AsyncPool  # noqa: PLC0415
        from groundup_orm.awaited import Awaited  # noqa: PLC0415

        if self._process != os.getpid():
            self._survive_fork()
        with self._lock:
            if self._closed:
                raise OperationalError("database is closed")
            self._bury()
            pool = AsyncPool(
                loop,
                self._connect,
                self._workers.dial,
                size=self._limits.size,
                timeout=self._limits.timeout,
                recycle=self._limits.recycle,
                patience=self._patience,
            )
            made = self._known[loop] = Awaited(pool, self._dialect, self._listeners)
            return made

    def _bury(self) -> None:
        """Close the connections of loops that are closed."""
        for loop in [loop for loop in self._known if loop.is_closed()]:
            self._known.pop(loop).pool.close()

    def _survive_fork(self) -> None:
        """Leave the parent's connections alone: both processes would talk on one socket."""
        self._lock = threading.Lock()
        self._inherited = self._known  # kept, so that nothing says goodbye in the parent's name
        self._known, self._process = {}, os.getpid()

    def close(self) -> None:
        """Close the connections of all loops: the free ones now, the others when they come back."""
        if self._process != os.getpid():
            return
        with self._lock:
            self._closed = True
            known = list(self._known.values())
        for awaited in known:
            awaited.pool.shut()
