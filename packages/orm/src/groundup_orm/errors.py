"""Every error of this package, and the translation target for the drivers' own.

    OrmError
    ├─ ValidationError      a value does not fit its column          (ValueError)
    ├─ MappingError         models or queries that make no sense     (TypeError)
    ├─ NoResultFound, MultipleResultsFound                           (LookupError)
    ├─ SessionError         a session used in a way it cannot be     (RuntimeError)
    │  ├─ LazyLoadError     an attribute that cannot be loaded here
    │  └─ StaleDataError    somebody else changed or deleted the row
    ├─ MigrationError       migration files and database disagree
    └─ DatabaseError        what the database itself refused, with ``.sql``
       ├─ IntegrityError    a constraint, with ``.kind .table .columns .constraint``
       ├─ ProgrammingError  wrong SQL, unknown table, wrong number of parameters
       └─ OperationalError  connection lost, database locked, disk full
          ├─ TransactionConflict  deadlock or lock: running it again may help
          └─ PoolTimeout          no connection became free           (TimeoutError)

Messages never hold parameters: those are other people's data, and messages end in logs.
"""

from typing import Literal

__all__ = [
    "ConstraintKind",
    "DatabaseError",
    "IntegrityError",
    "LazyLoadError",
    "MappingError",
    "MigrationError",
    "MultipleResultsFound",
    "NPlusOneWarning",
    "NoResultFound",
    "OperationalError",
    "OrmError",
    "PoolTimeout",
    "ProgrammingError",
    "SessionError",
    "StaleDataError",
    "TransactionConflict",
    "UncommittedWarning",
    "ValidationError",
]

ConstraintKind = Literal["unique", "foreign key", "not null", "check", "other"]


class OrmError(Exception):
    """What all errors of this package are."""


class ValidationError(OrmError, ValueError):
    """A value that its column cannot hold; ``column`` is its name as ``Model.attribute``."""

    def __init__(self, message: str, *, column: str | None = None) -> None:
        super().__init__(message)
        self.column = column


class MappingError(OrmError, TypeError):
    """A model, relationship or query that cannot be turned into SQL."""


class NoResultFound(OrmError, LookupError):  # noqa: N818 - the field's own word
    """``one()`` found no row."""


class MultipleResultsFound(OrmError, LookupError):  # noqa: N818 - the field's own word
    """``one()`` or ``one_or_none()`` found more than one row."""


class SessionError(OrmError, RuntimeError):
    """A session, or an object in it, used in a way that cannot work."""


class LazyLoadError(SessionError):
    """An attribute is not loaded, and cannot be loaded here."""


class StaleDataError(SessionError):
    """The row was changed or deleted by somebody else since it was loaded."""


class MigrationError(OrmError, RuntimeError):
    """A migration file is wrong, or does not fit what the database says was applied."""


class DatabaseError(OrmError):
    """The database refused a statement; ``sql`` is the statement, without its parameters."""

    def __init__(self, message: str, *, sql: str | None = None) -> None:
        super().__init__(message)
        self.sql = sql


class IntegrityError(DatabaseError):
    """A constraint refused a row.

    ``kind`` says what sort of constraint; ``table``, ``columns`` and ``constraint`` say which, as
    far as the database tells (SQLite does not say which foreign key).
    """

    def __init__(
        self,
        message: str,
        *,
        kind: ConstraintKind = "other",
        table: str | None = None,
        columns: tuple[str, ...] = (),
        constraint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.table = table
        self.columns = columns
        self.constraint = constraint


class ProgrammingError(DatabaseError):
    """The statement itself is wrong."""


class OperationalError(DatabaseError):
    """The database cannot work now: not reachable, full, shut down."""


class TransactionConflict(OperationalError):  # noqa: N818 - says what it is
    """Another transaction was in the way; running this one again may succeed."""


class PoolTimeout(OperationalError, TimeoutError):  # noqa: N818 - like TimeoutError's kin
    """No connection became free in time."""


class NPlusOneWarning(UserWarning):
    """One line of code loads a relationship again and again, one object at a time."""


class UncommittedWarning(UserWarning):
    """A session was closed while it had something to commit; that is lost."""
