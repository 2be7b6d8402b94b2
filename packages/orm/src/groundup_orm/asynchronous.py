"""Sessions for the event loop: the same session, run in a worker thread.

    users = await session.query(User).filter(User.age >= 18).all()

       loop ──► thread: session.query(User)….all() ──► loop

Building a query and changing objects touches no database and needs no ``await``; what does is
awaited.  One operation of a session runs at a time.  Reading an attribute cannot be awaited, so one
that is not loaded raises ``LazyLoadError`` here: ``include`` it, or ``await session.refresh(…)``.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from groundup_orm import expressions as ex
from groundup_orm.database import Database
from groundup_orm.instance import Entity
from groundup_orm.pages import Page
from groundup_orm.query import Query
from groundup_orm.relationship import Relationship
from groundup_orm.rows import Row, Rows
from groundup_orm.session import Session
from groundup_orm.statements import Compiled

__all__ = ["AsyncQuery", "AsyncSession"]

T = TypeVar("T")
R = TypeVar("R")
E = TypeVar("E", bound=Entity)
Target = Relationship | type[Entity]


class AsyncSession:
    """A ``Session`` whose waiting is awaited.  For one task at a time.

    Args:
        database: Where; the default database if None.
        autoflush: Send what is waiting before each query.
        warn_after: Warn when one line loads a relationship so often one by one; 0: never.
    """

    def __init__(
        self,
        database: Database | None = None,
        *,
        autoflush: bool = True,
        warn_after: int = 10,
    ) -> None:
        self.sync = Session(database, autoflush=autoflush, warn_after=warn_after)
        self.sync.awaited = True
        self._lock = asyncio.Lock()

    async def run(self, function: Callable[..., R], *args: Any) -> R:
        """Run a function that uses ``session.sync`` in a worker thread.

        Cancelled, its statement is interrupted, and the thread is waited for: when the task goes
        on, nobody uses the session any more.
        """
        async with self._lock:
            return await self._run_in_thread(function, *args)

    async def _end(self, function: Callable[..., R], *args: Any) -> R:
        """Run what needs the database, and so a thread, only to end a transaction."""
        async with self._lock:
            if self.sync.in_transaction:
                return await self._run_in_thread(function, *args)
            return function(*args)

    async def _run_in_thread(self, function: Callable[..., R], *args: Any) -> R:
        workers = self.sync.database.workers
        future = workers.submit(function, *args, holds=self.sync.in_transaction)
        waiting = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if not future.cancel():
                await self._stop(waiting)
            raise

    async def _stop(self, waiting: "asyncio.Future[Any]") -> None:
        """Interrupt what runs until it has ended, however often we are cancelled meanwhile."""
        while not waiting.done():
            self.sync.interrupt()
            try:
                await asyncio.wait([waiting], timeout=0.05)
            except asyncio.CancelledError:
                continue
        if not waiting.cancelled():
            waiting.exception()  # seen: the interruption that we asked for

    # -- without the database --------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Save an object, and the new ones that it leads to, at the next flush."""
        self.sync.add(entity)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """Save several objects."""
        self.sync.add_all(entities)

    def delete(self, entity: Entity) -> None:
        """Delete an object's row at the next flush."""
        self.sync.delete(entity)

    @overload
    def query(self, item: type[E], /) -> "AsyncQuery[E]": ...
    @overload
    def query(self, *items: Any) -> "AsyncQuery[Any]": ...
    def query(self, *items: Any) -> "AsyncQuery[Any]":
        """Start a query; the methods that return results are awaited."""
        return AsyncQuery(self, self.sync.query(*items))

    # -- awaited ---------------------------------------------------------------------------------

    async def get(self, model: type[E], key: Any) -> E | None:
        """Return the object with this primary key, or None."""
        return await self.run(self.sync.get, model, key)

    async def refresh(self, entity: Entity) -> None:
        """Load an object again now."""
        await self.run(self.sync.refresh, entity)

    async def flush(self) -> None:
        """Send what is waiting to the database."""
        await self.run(self.sync.flush)

    async def commit(self) -> None:
        """Flush, and keep all that was done."""
        await self.run(self.sync.commit)

    async def rollback(self) -> None:
        """Undo all that was done since the last commit."""
        await self._end(self.sync.rollback)

    async def close(self) -> None:
        """Give the connection back."""
        await self._end(self.sync.close)

    async def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement in the session's transaction; return rows changed."""
        return await self.run(self.sync.execute, sql, *parameters)

    async def fetch(self, sql: str, *parameters: Any) -> Rows:
        """Run a query in the session's transaction."""
        return await self.run(self.sync.fetch, sql, *parameters)

    async def fetch_one(self, sql: str, *parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        return await self.run(self.sync.fetch_one, sql, *parameters)

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Self]:
        """Commit at the end of a block, roll back on an exception."""
        try:
            yield self
            await self.commit()
        except BaseException:
            if not self.sync.closed:
                await self.rollback()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._end(self.sync.__exit__, kind, error, traceback)


class AsyncQuery(Generic[T]):
    """A query of an ``AsyncSession``: built like ``Query``, and awaited.  Immutable."""

    def __init__(self, session: AsyncSession, query: Query[T]) -> None:
        self._session = session
        self.sync = query

    def _on(self, query: Query[T]) -> "AsyncQuery[T]":
        return AsyncQuery(self._session, query)

    def filter(self, *conditions: ex.Expression) -> "AsyncQuery[T]":
        """Keep the rows for which all conditions hold."""
        return self._on(self.sync.filter(*conditions))

    def filter_by(self, **values: Any) -> "AsyncQuery[T]":
        """Keep the rows whose attributes equal these values."""
        return self._on(self.sync.filter_by(**values))

    def order_by(self, *expressions: ex.Expression) -> "AsyncQuery[T]":
        """Sort by these."""
        return self._on(self.sync.order_by(*expressions))

    def limit(self, count: int | None) -> "AsyncQuery[T]":
        """Return at most so many rows."""
        return self._on(self.sync.limit(count))

    def offset(self, count: int | None) -> "AsyncQuery[T]":
        """Skip so many rows."""
        return self._on(self.sync.offset(count))

    def distinct(self) -> "AsyncQuery[T]":
        """Return equal rows once."""
        return self._on(self.sync.distinct())

    def join(self, target: Target, on: ex.Expression | None = None) -> "AsyncQuery[T]":
        """Join another model."""
        return self._on(self.sync.join(target, on))

    def outer_join(self, target: Target, on: ex.Expression | None = None) -> "AsyncQuery[T]":
        """Join another model, and keep rows without a match."""
        return self._on(self.sync.outer_join(target, on))

    def group_by(self, *expressions: ex.Expression) -> "AsyncQuery[T]":
        """Make one row of those that are equal in these."""
        return self._on(self.sync.group_by(*expressions))

    def having(self, *conditions: ex.Expression) -> "AsyncQuery[T]":
        """Keep the groups for which all conditions hold."""
        return self._on(self.sync.having(*conditions))

    def include(self, *relationships: Relationship) -> "AsyncQuery[T]":
        """Load related objects too."""
        return self._on(self.sync.include(*relationships))

    def for_update(self) -> "AsyncQuery[T]":
        """Lock the rows until the transaction ends."""
        return self._on(self.sync.for_update())

    def sql(self) -> Compiled:
        """Return the SQL and its parameters."""
        return self.sync.sql()

    async def all(self) -> list[T]:
        """Return all results."""
        return await self._session.run(self.sync.all)

    async def first(self) -> T | None:
        """Return the first result, or None."""
        return await self._session.run(self.sync.first)

    async def one(self) -> T:
        """Return the only result."""
        return await self._session.run(self.sync.one)

    async def one_or_none(self) -> T | None:
        """Return the only result, or None."""
        return await self._session.run(self.sync.one_or_none)

    async def count(self) -> int:
        """Return how many rows there are."""
        return await self._session.run(self.sync.count)

    async def exists(self) -> bool:
        """Whether there is any row."""
        return await self._session.run(self.sync.exists)

    async def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        return await self._session.run(self.sync.scalar)

    async def page(self, number: int, size: int = 20) -> Page[T]:
        """Return one page of the results."""
        return await self._session.run(self.sync.page, number, size)

    async def update(self, **values: Any) -> int:
        """Change all rows at once; return how many."""
        return await self._session.run(lambda: self.sync.update(**values))

    async def delete(self) -> int:
        """Delete all rows at once; return how many."""
        return await self._session.run(self.sync.delete)
