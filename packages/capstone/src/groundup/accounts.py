"""Keep the users of groundup_auth in the site's own database, where other tables can refer to them.

    DatabaseUserStore ──► SQLStore of groundup_auth     its tables, auth_…, and its statements
          │                     ▼
          └─────────────► Database of groundup_orm      SQLite or PostgreSQL, pooled

``User`` is the model of the same table, read-only by custom: posts and orders point to it, and it
knows no password.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from groundup_auth.schema import POSTGRESQL, SQLITE, migrate
from groundup_auth.sql import Duplicate, SQLStore
from groundup_orm import Column, Database, Integer, IntegrityError, Model, Registry, Text

__all__ = ["DatabaseUserStore", "SiteModel", "User"]

MIGRATING = 7_203_177_419  # as in groundup_auth: who makes the tables holds the lock of this name


class SiteModel(Model, abstract=True):
    """The base of models that live beside the accounts, and refer to them."""

    registry = Registry()


class User(SiteModel):
    """Someone who is registered, as other models see them."""

    __tablename__ = "auth_users"

    id = Column(Integer, primary_key=True)
    email = Column(Text, nullable=False)
    username = Column(Text)


class DatabaseUserStore(SQLStore):
    """A ``groundup_auth.UserStore`` in a ``groundup_orm.Database``, which stays the caller's.

    May be shared between threads and processes.

    >>> from groundup_auth import Identifier
    >>> with Database("sqlite://") as database:
    ...     DatabaseUserStore(database).add_user(Identifier("Al@x.org", "al@x.org"), None, "hash")
    1
    """

    def __init__(self, database: Database) -> None:
        super().__init__(BorrowedDatabase(database))


class BorrowedDatabase:
    """A database of the ORM as groundup_auth wants it.  May be shared between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        postgresql = database.dialect.name == "postgresql"
        with self.write() as write:
            if postgresql:
                write.row("SELECT pg_advisory_xact_lock(?)", MIGRATING)
            migrate(write, POSTGRESQL if postgresql else SQLITE)

    def close(self) -> None:
        """Do nothing: the database belongs to somebody else."""

    @contextmanager
    def write(self) -> Generator["BorrowedTransaction"]:
        """Hold a connection and a transaction, taken back if anything goes wrong."""
        with self._database.transaction() as connection:
            yield BorrowedTransaction(connection)

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        return as_tuple(self._database.fetch_one(sql, *values))


class BorrowedTransaction:
    """The statements of one transaction.  Belongs to the thread that began it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def count(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        changed: int = self._connection.execute(sql, *values)
        return changed

    def insert(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return the id of the row that it added."""
        try:
            return int(self._connection.fetch_one(f"{sql} RETURNING id", *values)["id"])
        except IntegrityError as error:
            raise Duplicate(str(error)) from None

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        return as_tuple(self._connection.fetch_one(sql, *values))


def as_tuple(row: Any) -> Any:
    """Return a row without the names of its columns."""
    return None if row is None else tuple(row.values())
