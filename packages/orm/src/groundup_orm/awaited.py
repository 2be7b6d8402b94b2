"""Plain SQL awaited on a loop's own connections: lent, asked, watched, and in our errors.

    await awaited.fetch("… id = ?", [7])
        dialect.translate      … id = $1
        pool.take or wait      a connection
        ask                    an answer           ─► listeners, as of every statement
        pool.release           rows

The same steps as of a ``Connection``, which blocks: what is told and raised is the same, too.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from groundup_orm.answers import Answer
from groundup_orm.asking import ask
from groundup_orm.asyncpool import AsyncPool
from groundup_orm.connection import Listener, logger, tell
from groundup_orm.dialects import Dialect
from groundup_orm.errors import DatabaseError
from groundup_orm.rows import Row, Rows

__all__ = ["Awaited"]

T = TypeVar("T")


class Awaited:
    """The connections of one loop, as they are used."""

    def __init__(self, pool: AsyncPool, dialect: Dialect, listeners: Sequence[Listener]) -> None:
        self.pool = pool
        self._dialect = dialect
        self._listeners = listeners

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """Run a query and return its rows."""
        return await self._run(sql, parameters, Answer.rows)

    async def fetch_one(self, sql: str, parameters: Sequence[Any]) -> Row | None:
        """Run a query and return its first row, or None."""
        return await self._run(sql, parameters, Answer.first)

    async def execute(self, sql: str, parameters: Sequence[Any]) -> int:
        """Run a statement; return how many rows it changed."""
        return await self._run(sql, parameters, Answer.count)

    async def _run(self, sql: str, parameters: Sequence[Any], read: Callable[[Answer], T]) -> T:
        dialect = self._dialect
        values = [dialect.adapt(value) for value in parameters]
        text = dialect.translate(sql, len(values))
        connection = self.pool.take() or await self.pool.wait()
        start = time.perf_counter()
        try:
            answer = await ask(connection, text, values)
            result = read(answer)
        except Exception as error:
            translated = self._translate(error, text)
            if translated is None:
                raise
            self._tell(text, values, start, 0, translated)
            raise translated from error
        finally:
            self.pool.release(connection)
        if self._listeners or logger.isEnabledFor(logging.DEBUG):
            self._tell(text, values, start, answer.count(), None)
        return result

    def _translate(self, error: Exception, sql: str) -> DatabaseError | None:
        """Return the error of our tree; the original stays its cause."""
        translated = self._dialect.describe_error(error)
        if translated is not None:
            translated.sql = sql
        return translated

    def _tell(
        self,
        sql: str,
        values: Sequence[Any],
        start: float,
        rows: int,
        error: DatabaseError | None,
    ) -> None:
        tell(self._listeners, sql, values, time.perf_counter() - start, rows, error)
