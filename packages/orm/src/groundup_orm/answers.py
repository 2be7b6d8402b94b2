"""What PostgreSQL answered: the driver's results as rows, or as the driver's errors.

    [PGresult TUPLES_OK]            rows, made when they are asked for
    [PGresult COMMAND_OK]           no rows, and how many were changed
    [PGresult FATAL_ERROR]          psycopg's error for its SQLSTATE
    [PGresult …, PGresult …]        a script: all must be good, the first one counts

The values are loaded by psycopg's ``Transformer``, as its own cursors load them, so a column has
the same type whether it is awaited or not.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import abc
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from groundup_orm.rows import Row, Rows

__all__ = ["Answer", "check", "columns_of"]

TUPLES_OK = ExecStatus.TUPLES_OK
FINE = {TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.EMPTY_QUERY}
COPYING = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}


def check(results: Sequence[PGresult], encoding: str) -> PGresult:
    """Return the result that counts.

    Raises:
        psycopg.Error: What the server said, if it did not do what it was told to.
    """
    for result in results:
        if result.status not in FINE:
            raise error_of(result, encoding)
    if not results:
        raise psycopg.InternalError("the server sent no result")
    return results[0]


def error_of(result: PGresult, encoding: str) -> psycopg.Error:
    """Return the error for a result that is none."""
    if result.status == ExecStatus.FATAL_ERROR:
        return error_from_result(result, encoding)
    if result.status in COPYING:
        return psycopg.ProgrammingError("COPY cannot be used here: it needs a cursor of the driver")
    return psycopg.InternalError(f"unexpected result: {ExecStatus(result.status).name}")


def columns_of(result: PGresult, encoding: str) -> tuple[str, ...]:
    """Return the names of a result's columns."""
    return tuple((result.fname(n) or b"").decode(encoding) for n in range(result.nfields))


class Answer:
    """The answer to one statement, to be read before the next one is asked.

    Args:
        result: The driver's.
        columns: Their names.
        transformer: What turns its values into Python's.
    """

    __slots__ = ("_columns", "_result", "_transformer")

    def __init__(
        self, result: PGresult, columns: tuple[str, ...], transformer: abc.Transformer
    ) -> None:
        self._result = result
        self._columns = columns
        self._transformer = transformer

    def count(self) -> int:
        """Return how many rows were found, or changed."""
        result = self._result
        return result.ntuples if result.status == TUPLES_OK else result.command_tuples or 0

    def rows(self) -> Rows:
        """Return all rows."""
        return Rows(self._load(self._result.ntuples))

    def first(self) -> Row | None:
        """Return the first row, or None; the others are not made."""
        return self._load(1)[0] if self._result.ntuples else None

    def _load(self, count: int) -> list[Row]:
        columns, transformer = self._columns, self._transformer

        def make_row(values: Sequence[Any]) -> Row:
            return dict(zip(columns, values, strict=True))

        transformer.set_pgresult(self._result)
        try:
            return transformer.load_rows(0, count, make_row)
        finally:
            transformer.set_pgresult(None)  # which may be large, and the transformer lives on
