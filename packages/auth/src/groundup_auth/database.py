"""Open a SQLite database so that threads and processes can share it.  Touches the disk.

One connection behind a lock: SQLite writes one after the other anyway, a look-up takes some
microseconds, and nothing is left open when a thread ends.  Several processes may share a file: it
is in WAL mode, every write begins with ``BEGIN IMMEDIATE``, and each waits five seconds for its
turn.  ``synchronous=FULL``, because a code that was used must stay used when the power fails.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from groundup_auth.sql import Duplicate

__all__ = ["SQLiteDatabase", "SQLiteTransaction"]

BUSY_TIMEOUT = 5  # seconds
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


class SQLiteTransaction:
    """The statements of one transaction.  Belongs to the thread that began it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        with closing(self._connection.execute(sql, values)) as cursor:
            return cursor.rowcount

    def insert(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return the id of the row that it added."""
        try:
            with closing(self._connection.execute(sql, values)) as cursor:
                return cursor.lastrowid or 0
        except sqlite3.IntegrityError as error:  # "UNIQUE constraint failed: table.column"
            raise Duplicate(str(error).rpartition(".")[2]) from None

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        with closing(self._connection.execute(sql, values)) as cursor:
            return cursor.fetchone()


class SQLiteDatabase:
    """A SQLite database.  May be shared between threads, not over a fork.

    Args:
        path: A file, made for its owner alone if it is not there; ``:memory:`` for none.
        migrate: Called with a transaction before anything else.

    >>> database = SQLiteDatabase(":memory:", lambda write: write.count("CREATE TABLE t (n)"))
    >>> with database.write() as write:
    ...     write.insert("INSERT INTO t VALUES (?)", 7)
    1
    >>> database.row("SELECT n FROM t")
    (7,)
    >>> database.close()
    """

    def __init__(
        self, path: str | PathLike[str], migrate: Callable[[SQLiteTransaction], object]
    ) -> None:
        if str(path) != ":memory:":
            # Before SQLite does it with the permissions that everything else has.
            os.close(os.open(Path(path), os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in PRAGMAS:
                self._connection.execute(pragma)
            with self.write() as transaction:
                migrate(transaction)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the database.  More than once does no harm."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def write(self) -> Generator[SQLiteTransaction]:
        """Hold the lock and a transaction, which is taken back if anything goes wrong."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteTransaction(self._connection)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        with self._lock:
            return SQLiteTransaction(self._connection).row(sql, *values)
