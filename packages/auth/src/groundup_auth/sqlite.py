"""Keep users in SQLite, in memory or in a file."""

from os import PathLike

from groundup_auth.database import SQLiteDatabase
from groundup_auth.schema import SQLITE, migrate
from groundup_auth.sql import SQLStore

__all__ = ["SQLiteStore"]


class SQLiteStore(SQLStore):
    """A ``UserStore`` in one SQLite database.  May be shared between threads; close it at the end.

    Several processes may share a file: each opens its own store, after it was forked.

    Args:
        path: A file, made for its owner alone if it is not there; ``:memory:`` for none.

    >>> from groundup_auth import Identifier
    >>> with SQLiteStore() as store:
    ...     store.add_user(Identifier("Al@example.com", "al@example.com"), None, "hash")
    1
    """

    def __init__(self, path: str | PathLike[str] = ":memory:") -> None:
        super().__init__(SQLiteDatabase(path, lambda write: migrate(write, SQLITE)))
