"""A PostgreSQL connection that an event loop waits for: touches the network.

psycopg's ``PGconn`` is libpq, the client library of PostgreSQL: it speaks the protocol and never
waits if it is asked not to.  What is left to do is the waiting, and this is all of it:

            ask: send the statement            readable: take what came
     FREE ──────────────────────────► BUSY ──────────────────────────► all of it? wake the task
      ▲                                │
      │                                │ the task was cancelled: ask the server to stop
      │   nothing is outstanding       ▼
      └────────────────────────────  STRAY  throw away what still comes

One reader is registered for the life of a connection, so a statement costs one ``send``, one
``recv`` and one future: no task, no timer, no thread.  Only opening and cancelling, which are rare
and need other sockets, are done in threads.
"""

import asyncio
import select
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from groundup_orm.conversions import Conversions
from groundup_orm.prepared import Prepared

__all__ = ["AsyncConnection", "Dial"]

Dial = Callable[..., Future[Any]]  # run a function in a thread
COPYING = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}


class AsyncConnection:
    """One connection, for the tasks of one loop, one at a time.

    Args:
        raw: psycopg's connection.
        loop: Who waits for it.
        give_back: Called when a connection that its task has left is free, and when one is lost.
        dial: Runs a function in a thread.
        patience: Seconds in which a statement that was cancelled must end.
    """

    def __init__(
        self,
        raw: "psycopg.Connection[Any]",
        loop: asyncio.AbstractEventLoop,
        give_back: "Callable[[AsyncConnection], None]",
        *,
        dial: Dial,
        patience: float,
    ) -> None:
        self.raw = raw
        self.pgconn = raw.pgconn
        self.prepared = Prepared()
        self.conversions = Conversions(raw)
        self.opened = loop.time()
        self.closed = False
        self.stray = False
        self._loop = loop
        self._give_back = give_back
        self._dial = dial
        self._patience = patience
        self._waiter: asyncio.Future[list[PGresult]] | None = None
        self._results: list[PGresult] = []
        self._expecting = False  # whether the end of an answer has still to come
        self._writing = False
        self._outstanding = 0  # what a stray connection waits for
        self._deadline: asyncio.TimerHandle | None = None
        self._socket = self.pgconn.socket
        self.pgconn.nonblocking = 1
        self._goodbye = ""
        self._has_news = make_look(self._socket)
        raw.add_notice_handler(self._notice)
        loop.add_reader(self._socket, self._read)

    # -- asking ----------------------------------------------------------------------------------

    async def ask(self, send: Callable[..., None], *args: Any) -> list[PGresult]:
        """Send something by a method of ``pgconn`` and wait for all that it results in.

        Cancelled, it ends at once, and the connection is stray: it gives itself back when the
        server has stopped.

        Raises:
            psycopg.OperationalError: The connection is lost.
        """
        self._results = []
        try:
            send(*args)
            if self.pgconn.flush():  # more than the socket takes
                self._writing = True
                self._loop.add_writer(self._socket, self._write)
        except BaseException:
            if not self.clean:  # some of it may be on its way
                self.close()
            raise
        self._expecting = True
        waiter: asyncio.Future[list[PGresult]] = self._loop.create_future()
        self._waiter = waiter
        try:
            return await waiter
        except BaseException:
            if self._waiter is waiter:  # our task was cancelled, not the statement
                self._stop()
            elif not waiter.cancelled():
                waiter.exception()  # seen, also when the cancellation came first
            raise

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        """Hear what the server says unasked; its last words come some time before it hangs up."""
        if notice.severity_nonlocalized == "FATAL":
            self._goodbye = notice.message_primary or "the server says goodbye"

    def _write(self) -> None:
        try:
            if not self.pgconn.flush():
                self._end_writing()
        except psycopg.Error as error:
            self._fail(error)

    def _end_writing(self) -> None:
        self._writing = False
        self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        """Take what has come: answers, and what the server says without being asked."""
        pgconn = self.pgconn
        try:
            pgconn.consume_input()
            if self._writing:
                self._write()  # libpq wants this after each reading
            while pgconn.notifies():
                pass  # nobody listens, and libpq would keep them
            if self._goodbye:
                raise psycopg.OperationalError(self._goodbye)
            while self._expecting and not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    self._finish()
                    return
                self._results.append(result)
                if result.status in COPYING:  # it would give the same result for ever
                    self.close()
                    self._finish()
                    return
        except psycopg.Error as error:
            self._fail(error)

    def _finish(self) -> None:
        """Give what has come to who waits for it."""
        self._expecting = False
        waiter, self._waiter = self._waiter, None
        results, self._results = self._results, []
        if waiter is None:
            self._settle()
        elif not waiter.cancelled():
            waiter.set_result(results)

    def _fail(self, error: psycopg.Error) -> None:
        """Hang up: the server has.  An error that it has sent before says more than ours."""
        if self.closed:
            return
        told = any(result.status == ExecStatus.FATAL_ERROR for result in self._results)
        self.close()
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            self._give_back(self)
        elif waiter.cancelled():
            return
        elif told:
            waiter.set_result(self._results)
        else:
            waiter.set_exception(error)

    # -- stopping --------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Have the server stop what nobody waits for any more."""
        self._waiter = None
        if self.closed or self._loop.is_closed() or self.pgconn.status != ConnStatus.OK:
            self.close()
            return
        self._begin_stray(outstanding=2)
        stopping = self._dial(self.raw.cancel_safe, timeout=self._patience)
        stopping.add_done_callback(self._tell_stopped)

    def undo(self) -> None:
        """Roll back a transaction that a statement has left open."""
        self._begin_stray(outstanding=1)
        self._results = []
        self._expecting = True
        try:
            self.pgconn.send_query(b"ROLLBACK")
            self.pgconn.flush()  # so short that it fits
        except psycopg.Error as error:
            self._fail(error)

    def _begin_stray(self, *, outstanding: int) -> None:
        self.stray = True
        self._outstanding = outstanding
        self._deadline = self._loop.call_later(self._patience, self._give_up)

    def _tell_stopped(self, stopping: Future[Any]) -> None:
        """Called in the thread: the request to stop was delivered, or could not be."""
        failed = stopping.cancelled() or stopping.exception() is not None
        try:
            self._loop.call_soon_threadsafe(self._give_up if failed else self._settle)
        except RuntimeError:
            return  # the loop is closed, and so will be the connection

    def _settle(self) -> None:
        """One of two has ended, the statement or the request to stop it.

        Who gave the connection back after the first would see the next statement stopped instead.
        """
        self._outstanding -= 1
        if self._outstanding and not self.closed:
            return
        self.stray = False
        self._end_deadline()
        self._give_back(self)

    def _give_up(self) -> None:
        if self.stray:
            self.close()
            self._give_back(self)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    # -- life ------------------------------------------------------------------------------------

    @property
    def clean(self) -> bool:
        """Whether no transaction is open."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE

    @property
    def good(self) -> bool:
        """Whether the server has not hung up, as far as can be seen without asking it.

        What the loop has not read yet is probably a goodbye: a notice would be one of few.
        """
        return not self.closed and not self._has_news()

    def close(self) -> None:
        """Hang up."""
        if self.closed:
            return
        self.closed = True
        self.stray = False
        self._end_deadline()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            if self._writing:
                self._end_writing()
        self.raw.close()


def make_look(socket: int) -> Callable[[], bool]:
    """Return what tells whether something can be read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return lambda: bool(poll.poll(0))
    return lambda: bool(select.select([socket], [], [], 0)[0])  # Windows
