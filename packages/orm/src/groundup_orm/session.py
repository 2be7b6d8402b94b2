"""A session: objects of one piece of work, written together or not at all.

    session.add(user)          pending     nothing sent yet
    user.email = "new"         changed     nothing sent yet
    session.query(…).all()     flush       what is waiting is sent first, so that the query sees it
    session.commit()           flush, COMMIT

After a commit the objects keep what was committed, also when the session is closed.  The next
statement of the session sees a newer database: all objects are loaded again when they are read.
"""

import warnings
from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

from groundup_orm.database import Database, default_database
from groundup_orm.errors import UncommittedWarning
from groundup_orm.instance import Entity
from groundup_orm.query import Query
from groundup_orm.rows import Row, Rows
from groundup_orm.saving import Saving

__all__ = ["Session"]

E = TypeVar("E", bound=Entity)


class Session(Saving):
    """Load, change and save objects.  For one thread (or task) at a time; make one per request.

    >>> from groundup_orm import Column, Database, Integer, Model, String
    >>> class Planet(Model):
    ...     __tablename__ = "planets"
    ...     id = Column(Integer, primary_key=True)
    ...     name = Column(String(20), unique=True)
    >>> database = Database("sqlite://")
    >>> database.create_all(Planet)
    >>> with Session(database) as session:
    ...     session.add(Planet(name="Mars"))
    ...     session.commit()
    ...     session.query(Planet).filter(Planet.name == "Mars").one()
    <Planet id=1>
    >>> database.close()

    Args:
        database: Where; the default database if None.
        autoflush: Send what is waiting before each query.
        warn_after: Warn when one line has loaded a relationship so many times one by one; 0: never.
    """

    def __init__(
        self,
        database: Database | None = None,
        *,
        autoflush: bool = True,
        warn_after: int = 10,
    ) -> None:
        super().__init__(database or default_database(), autoflush=autoflush, warn_after=warn_after)

    # -- queries ---------------------------------------------------------------------------------

    @overload
    def query(self, item: type[E], /) -> Query[E]: ...
    @overload
    def query(self, *items: Any) -> Query[Any]: ...
    def query(self, *items: Any) -> Query[Any]:
        """Start a query of a model, of columns and expressions, or of several of these."""
        self._check_open()
        return Query(self, *items)

    def get(self, model: type[E], key: Any) -> E | None:
        """Return the object with this primary key (a tuple for several columns), or None.

        Raises:
            ValidationError: The key is of another type than the column.
        """
        self.autoflush_now()
        return cast("E | None", self.find_by_key(model.__mapper__, key))

    def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement with ``?`` for values in the session's transaction; return rows changed.

        Objects in the session do not notice: see ``expire`` and ``refresh``.
        """
        self.autoflush_now()
        connection = self.holding()
        self.note_written()
        with self._failing():
            return connection.execute(sql, *parameters)

    def fetch(self, sql: str, *parameters: Any) -> Rows:
        """Run a query with ``?`` for values in the session's transaction."""
        self.autoflush_now()
        with self.connection() as connection, self._failing():
            return connection.fetch(sql, *parameters)

    def fetch_one(self, sql: str, *parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        rows = self.fetch(sql, *parameters)
        return rows[0] if rows else None

    # -- life ------------------------------------------------------------------------------------

    @property
    def has_uncommitted(self) -> bool:
        """Whether anything would be lost by closing the session now."""
        return self._flush.waiting or any(frame.wrote for frame in self._frames)

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back, with a warning.

        Loaded objects keep their values, and cannot load what is missing.
        """
        if self.closed:
            return
        if self.has_uncommitted:
            self.rollback()
            warnings.warn(
                "session was closed with uncommitted changes: call commit() or rollback()",
                UncommittedWarning,
                stacklevel=2,
            )
        self._discard()

    def _discard(self) -> None:
        self._transaction.rollback()
        self._identity.clear()
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None and not self.closed:
            self.rollback()
        self.close()

    def __del__(self) -> None:
        transaction = self.__dict__.get("_transaction")  # missing if __init__ failed
        if transaction is not None and transaction.connection is not None:
            warnings.warn(
                "session was not closed, its transaction is rolled back: use 'with Session(…)'",
                ResourceWarning,
                stacklevel=2,
            )
            transaction.rollback()
