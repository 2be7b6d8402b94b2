"""What a session has open at the database: at most one connection, and only while it must.

                     SQLite                             PostgreSQL
    a read           borrows a connection for a moment  opens the transaction
    the first write  opens the transaction              opens the transaction
    commit, rollback give the connection back           give the connection back

After a statement has failed inside a transaction nothing more is accepted before a rollback:
PostgreSQL would refuse it, SQLite would go on with half of the work done.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from groundup_orm.connection import Connection
from groundup_orm.database import Database
from groundup_orm.dialects import Outcome
from groundup_orm.errors import DatabaseError, SessionError

__all__ = ["Transaction"]


class Transaction:
    """The open transaction of one session, if there is one.  For one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool = database.pool
        self._reads_open = database.dialect.snapshot_reads
        self._connection: Connection | None = None
        self._borrowed: Connection | None = None  # for one statement
        self._failure: BaseException | None = None
        self._savepoints = 0

    @property
    def connection(self) -> Connection | None:
        """The connection that the transaction holds."""
        return self._connection

    @property
    def depth(self) -> int:
        """How many savepoints are open."""
        return self._savepoints

    def fail(self, error: BaseException) -> None:
        """Accept nothing more before a rollback, if anything has been done."""
        if self._connection is not None:
            self._failure = error

    def check(self) -> None:
        """Refuse to go on after a failure.

        Raises:
            SessionError: Something has failed since the transaction began.
        """
        if self._failure is not None:
            reason = type(self._failure).__name__
            raise SessionError(
                f"transaction must be rolled back after {reason}: call session.rollback()"
            ) from self._failure

    def hold(self) -> Connection:
        """Return the connection of the open transaction; open one if there is none."""
        if self._failure is not None:
            self.check()
        if self._connection is None:
            connection = self._pool.acquire()
            try:
                connection.begin()
            except BaseException:
                self._pool.release(connection)
                raise
            self._connection = connection
        return self._connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Lend a connection that sees what the transaction has written."""
        if self._connection is not None or self._reads_open:
            yield self.hold()
            return
        self.check()
        with self._pool.lend() as connection:
            self._borrowed = connection
            try:
                yield connection
            finally:
                self._borrowed = None

    def run(self, sql: str, parameters: Sequence[Any], *, write: bool = False) -> Outcome:
        """Run one statement; what fails inside a transaction fails the transaction."""
        if self._connection is None and not write and not self._reads_open:
            self.check()
            self._borrowed = connection = self._pool.acquire()
            try:
                return connection.run(sql, parameters)
            finally:
                self._borrowed = None
                self._pool.release(connection)
        connection = self.hold()
        try:
            return connection.run(sql, parameters)
        except DatabaseError as error:
            self.fail(error)
            raise

    def commit(self) -> None:
        """Keep what was done, and give the connection back.

        Raises:
            DatabaseError: The database refused; nothing was kept, as far as anybody can tell.
        """
        self.check()
        if self._connection is not None:
            self._connection.commit()
            self._give_back()

    def rollback(self) -> None:
        """Undo what was done, and give the connection back."""
        self._failure = None
        if self._connection is not None:
            self._give_back()  # the pool rolls back

    def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        self._savepoints = 0
        if connection is not None:
            self._pool.release(connection)

    def savepoint(self) -> str:
        """Mark a point that can be rolled back to; return its name."""
        connection = self.hold()
        self._savepoints += 1
        name = f"groundup_{self._savepoints}"
        connection.savepoint(name)
        return name

    def release(self, name: str) -> None:
        """Keep what was done since a mark."""
        self.hold().release(name)
        self._savepoints -= 1

    def rollback_to(self, name: str) -> None:
        """Undo what was done since a mark; a failure since then is forgiven."""
        self._failure = None
        self.hold().rollback_to(name)
        self._savepoints -= 1

    def interrupt(self) -> None:
        """Stop what another thread is running in this transaction."""
        connection = self._connection or self._borrowed
        if connection is not None:
            connection.interrupt()
