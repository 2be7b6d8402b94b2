"""Keep users in PostgreSQL, over connections that somebody else makes.  Talks to the network.

    PostgreSQLStore(pool.connection)                  a pool of psycopg_pool
    PostgreSQLStore(lambda: psycopg.connect(url))     a connection for each call: for scripts

This package has no driver of its own: what it needs of psycopg 3 fits on the page below, and an
application that has a pool wants these few statements to go through it.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from groundup_auth.schema import POSTGRESQL, migrate
from groundup_auth.sql import Duplicate, SQLStore

__all__ = ["Connection", "PostgreSQLStore"]

UNIQUE_VIOLATION = "23505"
MIGRATING = 7_203_177_419  # any number: who migrates holds the lock of this name


class Connection(Protocol):
    """What is used of a connection of psycopg 3, with its default rows: tuples."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Run a statement and return its cursor."""
        ...

    def transaction(self) -> AbstractContextManager[Any]:
        """Return a block that is committed, or taken back when an error leaves it."""
        ...


class PostgreSQLTransaction:
    """The statements of one transaction.  Belongs to the thread that began it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        changed: int = self._execute(sql, values).rowcount
        return changed

    def insert(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return the id of the row that it added."""
        try:
            added: int = self._execute(sql + " RETURNING id", values).fetchone()[0]
        except Exception as error:
            if getattr(error, "sqlstate", None) != UNIQUE_VIOLATION:
                raise
            diagnosis: Any = getattr(error, "diag", None)
            raise Duplicate(str(diagnosis.constraint_name)) from None
        return added

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        return self._execute(sql, values).fetchone()

    def _execute(self, sql: str, values: tuple[Any, ...]) -> Any:
        return self._connection.execute(sql.replace("?", "%s"), values or None)


class PostgreSQLDatabase:
    """A PostgreSQL database.  May be shared between threads if ``connect`` may."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connect = connect
        with self.write() as write:
            write.row("SELECT pg_advisory_xact_lock(?)", MIGRATING)
            migrate(write, POSTGRESQL)

    def close(self) -> None:
        """Do nothing: the connections belong to somebody else."""

    @contextmanager
    def write(self) -> Generator[PostgreSQLTransaction]:
        """Hold a connection and a transaction, taken back if anything goes wrong."""
        with self._connect() as connection, connection.transaction():
            yield PostgreSQLTransaction(connection)

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        with self.write() as write:
            return write.row(sql, *values)


class PostgreSQLStore(SQLStore):
    """A ``UserStore`` in PostgreSQL.  May be shared between threads if ``connect`` may.

    Makes its tables, ``auth_…``, when it is created.

    Args:
        connect: Returns a context manager that gives a connection of psycopg 3.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Connection]]) -> None:
        super().__init__(PostgreSQLDatabase(connect))
