"""What differs between databases, in one interface.

Everything above speaks to a ``Dialect``; everything below is one module for each database.  A
dialect has three parts: words (how a name is quoted, what a type is called), conversions (what a
value looks like on the wire), and a driver (connect, run, and the meaning of its errors).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from groundup_orm.errors import DatabaseError
from groundup_orm.types import ColumnType

__all__ = ["Converter", "Dialect", "Outcome", "quote_name"]

Converter = Callable[[Any], Any]


@dataclass(slots=True)
class Outcome:
    """What running one statement gave."""

    rows: list[tuple[Any, ...]]
    description: Sequence[Sequence[Any]]  # the driver's: one for each column, its name first
    rowcount: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns; most callers know them already."""
        return tuple(str(column[0]) for column in self.description)


def quote_name(name: str) -> str:
    """Return a quoted name; quotes in it are doubled, so nothing can break out.

    >>> quote_name('users"; DROP TABLE users')
    '"users""; DROP TABLE users"'
    """
    if "\0" in name or not name:
        raise DatabaseError(f"name must not be empty or contain NUL, got {name[:40]!r}")
    return '"' + name.replace('"', '""') + '"'


class Dialect(ABC):
    """One database system.  May be shared between threads; its raw connections may not."""

    name: ClassVar[str]
    binders: ClassVar[dict[str, Converter]]  # by kind of type: Python value to driver value
    loaders: ClassVar[dict[str, Converter]]  # and back; kinds that need nothing are missing
    type_names: ClassVar[dict[str, str]]
    identity: ClassVar[str]  # how a key that the database numbers is declared
    snapshot_reads: ClassVar[bool]  # whether reading opens the transaction, or only writing
    returns_keys: ClassVar[bool]  # whether INSERT needs RETURNING to tell the key it made
    alters_constraints: ClassVar[bool]  # whether constraints can be added to a table that exists
    single_connection = False  # whether the data lives in one connection

    @property
    @abstractmethod
    def safe_url(self) -> str:
        """The database's address without secrets, for people."""

    def type_name(self, column_type: ColumnType[Any]) -> str:
        """Return the name of a type in a table's definition."""
        length = getattr(column_type, "length", None)
        if length is not None:
            return f"VARCHAR({length})"
        if column_type.kind == "datetime" and not getattr(column_type, "timezone", True):
            return self.type_names["naive datetime"]
        return self.type_names[column_type.kind]

    def binder(self, column_type: ColumnType[Any]) -> Converter | None:
        """Return what turns a checked value into one for the driver; None: it is right as it is."""
        return self.binders.get(column_type.kind)

    def loader(self, column_type: ColumnType[Any]) -> Converter | None:
        """Return what turns a driver's value into Python's; never called with None."""
        if column_type.kind == "datetime" and not getattr(column_type, "timezone", True):
            return self.loaders.get("naive datetime")
        return self.loaders.get(column_type.kind)

    @abstractmethod
    def adapt(self, value: Any) -> Any:
        """Return a value of a hand-written query as the driver takes it."""

    @abstractmethod
    def placeholder(self, number: int) -> str:
        """Return the mark for the parameter with this number, from 1."""

    @abstractmethod
    def translate(self, sql: str, count: int) -> str:
        """Return a hand-written query with the driver's marks in place of ``?``."""

    @abstractmethod
    def like(self, left: str, right: str, *, ignore_case: bool) -> str:
        """Return the SQL of a pattern match."""

    @abstractmethod
    def limit(self, limit: str | None, offset: str | None) -> str:
        """Return the clause that cuts out a page."""

    @abstractmethod
    def lock_clause(self) -> str:
        """Return what follows a SELECT that locks its rows."""

    @abstractmethod
    def explain(self, sql: str) -> str:
        """Return the statement that shows the plan of another one."""

    @abstractmethod
    def plan(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, str]]:
        """Return the plan as lines, each with its depth."""

    @abstractmethod
    def connect(self) -> Any:
        """Open a raw connection that commits each statement unless told otherwise."""

    @abstractmethod
    def run(self, raw: Any, sql: str, parameters: Sequence[Any]) -> Outcome:
        """Run one statement."""

    @abstractmethod
    def insert(
        self, raw: Any, sql: str, rows: Sequence[Sequence[Any]], *, returning: bool
    ) -> list[Any]:
        """Run an INSERT for each row; return the keys that the database made, in order."""

    @abstractmethod
    def run_many(self, raw: Any, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run a statement for each row of parameters; return how many rows it changed in all."""

    @abstractmethod
    def run_script(self, raw: Any, sql: str) -> None:
        """Run several statements, without ending the transaction that is open."""

    @abstractmethod
    def begin(self, *, write: bool) -> str:
        """Return the statement that opens a transaction."""

    @abstractmethod
    def is_usable(self, raw: Any) -> bool:
        """Whether an idle connection is still good; must be cheap."""

    def take_turn(self, sql: str = "") -> bool:
        """Wait until this process may write; say whether there is a turn to be given back.

        Args:
            sql: The statement, when it is a transaction by itself.

        Raises:
            TransactionConflict: Another writer has not come to its end in time.
        """
        del sql
        return False

    def give_turn(self) -> None:  # noqa: B027 - nothing to do where nobody stands in a queue
        """Let the next one write."""

    def has_transaction(self, raw: Any) -> bool:
        """Whether a transaction that was begun is still open, as far as the driver knows."""
        del raw
        return True

    def is_aborted(self, raw: Any) -> bool:
        """Whether an error has ended the transaction, so that COMMIT would silently roll back."""
        del raw
        return False

    @abstractmethod
    def interrupt(self, raw: Any) -> None:
        """Stop what another thread is running on this connection."""

    @abstractmethod
    def table_exists(self, raw: Any, table: str) -> bool:
        """Whether the database has this table."""

    @abstractmethod
    def drop_table(self, table: str) -> str:
        """Return the statement that removes a table, whoever refers to it."""

    @abstractmethod
    def lock_schema(self, raw: Any) -> None:
        """Keep others who change tables out until the transaction ends."""

    def suspend_foreign_keys(self, raw: Any, *, off: bool) -> None:  # noqa: B027 - most need nothing
        """Stop or start checking references, outside a transaction."""

    def find_broken_reference(self, raw: Any) -> str | None:
        """Describe a row that refers to nothing, after changes with checks suspended."""
        del raw
        return None

    @abstractmethod
    def describe_error(self, error: Exception) -> DatabaseError | None:
        """Return the error of our tree for one of the driver; None: not the driver's."""
