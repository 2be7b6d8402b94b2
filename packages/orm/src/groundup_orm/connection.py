"""One connection to a database: runs statements, tells listeners, and speaks our errors.

Everything that reaches a database goes through ``Connection``, so this is the place to watch.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from groundup_orm.dialects import Dialect, Outcome, quote_name
from groundup_orm.errors import DatabaseError, OperationalError
from groundup_orm.rows import Row, Rows

__all__ = ["Connection", "Listener", "StatementRun", "logger", "tell"]

logger = logging.getLogger("groundup_orm.sql")
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class StatementRun:
    """One statement that was run: what listeners get.

    Its parameters may be secrets, so they are not in its text.
    """

    sql: str
    parameters: tuple[Any, ...]
    seconds: float
    rows: int
    error: DatabaseError | None = None

    def __str__(self) -> str:
        failed = f", {type(self.error).__name__}" if self.error is not None else ""
        return f"{self.sql} [{self.rows} rows, {self.seconds * 1000:.1f} ms{failed}]"

    __repr__ = __str__


Listener = Callable[[StatementRun], None]


def tell(
    listeners: Sequence[Listener],
    sql: str,
    parameters: Sequence[Any],
    seconds: float,
    rows: int,
    error: DatabaseError | None,
) -> None:
    """Tell whoever wants to know that a statement was run."""
    logger.debug("%s [%d rows, %.1f ms]", sql, rows, seconds * 1000)
    for listener in tuple(listeners):
        listener(StatementRun(sql, tuple(parameters), seconds, rows, error))


class Connection:
    """A connection lent by the pool.  One thread at a time may use it."""

    def __init__(self, raw: Any, dialect: Dialect, listeners: Sequence[Listener] = ()) -> None:
        self.raw = raw
        self.dialect = dialect
        self.in_transaction = False
        self.broken = False
        self._has_turn = False
        self.opened = self.used = time.monotonic()
        self._listeners = listeners

    # -- for people: statements with ? ------------------------------------------------------------

    def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement; return how many rows it changed.

        Raises:
            DatabaseError: The database refused it.
        """
        if self.in_transaction or not self.dialect.take_turn(sql):
            return self._run_written(sql, parameters).rowcount
        try:
            return self._run_written(sql, parameters).rowcount
        finally:
            self.dialect.give_turn()

    def fetch(self, sql: str, *parameters: Any) -> Rows:
        """Run a query and return its rows."""
        outcome = self._run_written(sql, parameters)
        return Rows.from_tuples(outcome.columns, outcome.rows)

    def fetch_one(self, sql: str, *parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        rows = self.fetch(sql, *parameters)
        return rows[0] if rows else None

    def _run_written(self, sql: str, parameters: tuple[Any, ...]) -> Outcome:
        values = [self.dialect.adapt(value) for value in parameters]
        return self.run(self.dialect.translate(sql, len(values)), values)

    # -- for the machinery: statements that the compiler made -------------------------------------

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> Outcome:
        """Run one statement."""
        if self._listeners or logger.isEnabledFor(logging.DEBUG):
            return self._watch(
                sql,
                parameters,
                lambda: self.dialect.run(self.raw, sql, parameters),
                lambda outcome: len(outcome.rows) or outcome.rowcount,
            )
        try:  # the way of nearly every statement, so without the calls in between
            return self.dialect.run(self.raw, sql, parameters)
        except Exception as error:
            translated = self._translate(error, sql)
            if translated is None:
                raise
            raise translated from error

    def insert(self, sql: str, rows: Sequence[Sequence[Any]], *, returning: bool) -> list[Any]:
        """Run an INSERT for each row; return the keys that the database made."""
        return self._watch(
            sql,
            rows[0] if len(rows) == 1 else (),
            lambda: self.dialect.insert(self.raw, sql, rows, returning=returning),
            lambda _: len(rows),
        )

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run a statement for each row; return how many rows changed."""
        return self._watch(
            sql,
            rows[0] if len(rows) == 1 else (),
            lambda: self.dialect.run_many(self.raw, sql, rows),
            lambda count: count,
        )

    def run_script(self, sql: str) -> None:
        """Run several statements."""
        self._watch(sql, (), lambda: self.dialect.run_script(self.raw, sql), lambda _: 0)

    def _watch(
        self,
        sql: str,
        parameters: Sequence[Any],
        action: Callable[[], T],
        count: Callable[[T], int],
    ) -> T:
        """Run an action on the raw connection, and tell whoever wants to know."""
        start = time.perf_counter()
        try:
            result = action()
        except Exception as error:
            translated = self._translate(error, sql)
            if translated is None:
                raise
            tell(self._listeners, sql, parameters, time.perf_counter() - start, 0, translated)
            raise translated from error
        if self._listeners or logger.isEnabledFor(logging.DEBUG):
            seconds = time.perf_counter() - start
            tell(self._listeners, sql, parameters, seconds, count(result), None)
        return result

    def _translate(self, error: Exception, sql: str) -> DatabaseError | None:
        """Return the error of our tree; the original stays its cause."""
        translated = error if isinstance(error, DatabaseError) else self._describe(error)
        if translated is not None:
            translated.sql = sql
        return translated

    def _describe(self, error: Exception) -> DatabaseError | None:
        described = self.dialect.describe_error(error)
        if described is not None and not self.dialect.is_usable(self.raw):
            self.broken = True
        return described

    # -- transactions ----------------------------------------------------------------------------

    def begin(self, *, write: bool = True) -> None:
        """Open a transaction."""
        self._has_turn = write and self.dialect.take_turn()
        try:
            self.run(self.dialect.begin(write=write))
        except BaseException:
            self._give_turn()
            raise
        self.in_transaction = True

    def _give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self.dialect.give_turn()

    def commit(self) -> None:
        """Keep what the transaction did.

        Raises:
            DatabaseError: The database refused; the transaction may still be open: roll back.
        """
        if self.dialect.is_aborted(self.raw):
            raise OperationalError("transaction must be rolled back: one of its statements failed")
        self.run("COMMIT")
        self.in_transaction = False
        self._give_turn()

    def rollback(self) -> None:
        """Undo what the transaction did."""
        self.in_transaction = False
        try:
            if self.dialect.has_transaction(self.raw):
                self.run("ROLLBACK")
        except DatabaseError:
            self.broken = True
        finally:
            self._give_turn()

    def savepoint(self, name: str) -> None:
        """Mark a point that can be rolled back to."""
        self.run(f"SAVEPOINT {quote_name(name)}")

    def release(self, name: str) -> None:
        """Forget the mark and keep what was done since."""
        self.run(f"RELEASE SAVEPOINT {quote_name(name)}")

    def rollback_to(self, name: str) -> None:
        """Undo what was done since the mark, and forget it."""
        self.run(f"ROLLBACK TO SAVEPOINT {quote_name(name)}")
        self.release(name)

    def interrupt(self) -> None:
        """Stop what another thread is running here."""
        self.dialect.interrupt(self.raw)

    def close(self) -> None:
        """Hang up."""
        try:
            self.raw.close()
        finally:
            self._give_turn()
