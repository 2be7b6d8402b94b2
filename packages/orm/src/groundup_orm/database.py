"""``Database``: one address, its pool of connections, and plain SQL, blocking or awaited.

    database.execute(…)  .fetch(…)  .fetch_one(…)               block this thread
    await database.query(…)  .query_one(…)  .execute_async(…)   block nobody: PostgreSQL is waited
                                                                for by the loop, SQLite by a thread

Sessions, migrations and schema all work on a ``Database``.  The default one is what ``Session()``
without arguments uses: the one that was set, or else one in memory that makes tables as models
are first used, so that the first five lines of a tutorial run.
"""

import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self

from groundup_orm.connection import Connection, Listener, StatementRun
from groundup_orm.dialects import Dialect
from groundup_orm.errors import MappingError, OperationalError
from groundup_orm.instance import Entity
from groundup_orm.loops import Loops
from groundup_orm.mapper import Mapper
from groundup_orm.model import Model
from groundup_orm.pool import Pool
from groundup_orm.postgresql import PostgreSQLDialect
from groundup_orm.rows import Row, Rows
from groundup_orm.schema import connected_models, create_tables, drop_tables, table_statements
from groundup_orm.sqlite import SQLiteDialect
from groundup_orm.workers import Workers

__all__ = ["Database", "default_database", "set_default_database"]

DIALECTS: dict[str, Callable[[str, float], Dialect]] = {
    "sqlite": lambda url, timeout: SQLiteDialect(url, busy_timeout=timeout),
    "postgresql": lambda url, timeout: PostgreSQLDialect(url, connect_timeout=timeout),
    "postgres": lambda url, timeout: PostgreSQLDialect(url, connect_timeout=timeout),
}


def make_dialect(url: str, timeout: float) -> Dialect:
    """Return the dialect for an address."""
    scheme, colon, _ = url.partition(":")
    if not colon or scheme not in DIALECTS:
        raise OperationalError(
            f"database URL must start with sqlite: or postgresql:, got {scheme[:40]!r}"
        )
    return DIALECTS[scheme](url, timeout)


class Database:
    """A database.  Safe to share between threads, tasks and event loops; make one per process.

    >>> database = Database("sqlite://")
    >>> database.fetch("SELECT ? + 1 AS number", 41)["number"]
    42
    >>> database.close()

    Args:
        url: ``sqlite://`` (in memory), ``sqlite:///relative.db``, ``sqlite:////absolute.db``, or
            ``postgresql://user:password@host/name``.
        pool_size: The most connections at a time; one for a database in memory.  Each event loop
            that awaits PostgreSQL may have as many again.
        pool_timeout: Seconds to wait for a connection.
        pool_recycle: Seconds after which a connection is replaced.
        timeout: Seconds to wait for a lock of SQLite, or for PostgreSQL to answer the phone.
        create_on_use: Make the tables of a model when a session first uses it.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout: float = 30.0,
        pool_recycle: float = 1800.0,
        timeout: float = 5.0,
        create_on_use: bool = False,
    ) -> None:
        self.dialect = dialect = make_dialect(url, timeout)
        self._listeners: list[Listener] = []
        listeners = self._listeners
        if dialect.single_connection:  # the data is in the connection: keep the one there is
            pool_size, pool_recycle = 1, float("inf")
            pool_timeout = min(pool_timeout, timeout)
        self.pool = Pool(
            lambda: connect(dialect, listeners),
            size=pool_size,
            timeout=pool_timeout,
            recycle=pool_recycle,
        )
        self.workers = Workers(pool_size, pool_timeout)
        self._loops = (
            Loops(
                dialect,
                lambda: open_raw(dialect),
                listeners,
                workers=self.workers,
                limits=self.pool,
                patience=timeout,
            )
            if isinstance(dialect, PostgreSQLDialect)
            else None
        )
        self.create_on_use = create_on_use
        self._created: dict[str, tuple[Mapper, list[str]]] = {}
        self._creating = threading.Lock()
        self._finalizer = weakref.finalize(self, close_all, self._loops, self.pool)

    # -- plain SQL -------------------------------------------------------------------------------

    def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement with ``?`` for values, in a transaction of its own; return rows changed.

        Raises:
            DatabaseError: The database refused it.
        """
        with self.pool.lend() as connection:
            return connection.execute(sql, *parameters)

    def fetch(self, sql: str, *parameters: Any) -> Rows:
        """Run a query with ``?`` for values and return its rows."""
        with self.pool.lend() as connection:
            return connection.fetch(sql, *parameters)

    def fetch_one(self, sql: str, *parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        with self.pool.lend() as connection:
            return connection.fetch_one(sql, *parameters)

    async def query(self, sql: str, *parameters: Any) -> Rows:
        """Run a query without blocking the event loop."""
        awaited = self._loops and self._loops.here()
        if awaited:
            return await awaited.fetch(sql, parameters)
        return await self.workers.run(self.fetch, sql, *parameters)

    async def query_one(self, sql: str, *parameters: Any) -> Row | None:
        """Run a query without blocking the event loop; return its first row, or None."""
        awaited = self._loops and self._loops.here()
        if awaited:
            return await awaited.fetch_one(sql, parameters)
        return await self.workers.run(self.fetch_one, sql, *parameters)

    async def execute_async(self, sql: str, *parameters: Any) -> int:
        """Run a statement without blocking the event loop; return rows changed."""
        awaited = self._loops and self._loops.here()
        if awaited:
            return await awaited.execute(sql, parameters)
        return await self.workers.run(self.execute, sql, *parameters)

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Lend a connection for a block: committed at its end, rolled back on an exception."""
        with self.pool.lend() as connection:
            connection.begin()
            yield connection
            connection.commit()

    # -- schema ----------------------------------------------------------------------------------

    def create_all(self, *models: type[Entity]) -> None:
        """Make the tables that do not exist; of all models of ``Model.registry`` if none is named.

        Tables that exist stay as they are, whatever the models say: changes are for migrations.
        """
        with self.pool.lend() as connection:
            create_tables(connection, mappers_of(models))

    def drop_all(self, *models: type[Entity]) -> None:
        """Remove the tables, and all that is in them."""
        with self.pool.lend() as connection:
            drop_tables(connection, mappers_of(models))

    def prepare(self, mapper: Mapper, connection: Connection | None = None) -> None:
        """Make a model's tables if this database does that (``create_on_use``).

        Args:
            mapper: The model.
            connection: One with an open transaction, to make them in; a rollback unmakes them.
        """
        if not self.create_on_use:
            return
        known = self._created.get(mapper.table)
        if known is not None and known[0] is mapper:
            return
        with self._creating:
            self._create(mapper, connection)

    def _create(self, mapper: Mapper, connection: Connection | None) -> None:
        found = connected_models(mapper)
        definitions = {m: list(table_statements(m, self.dialect)) for m in found}
        for other, statements in definitions.items():
            known = self._created.get(other.table)
            if known is not None and known[1] != statements:
                raise MappingError(
                    f"table {other.table!r} was made for another model: give each its own Database"
                )
        if connection is not None:
            create_tables(connection, found)
            return
        with self.pool.lend() as lent:
            create_tables(lent, found)
        self._created.update({m.table: (m, lines) for m, lines in definitions.items()})

    # -- watching --------------------------------------------------------------------------------

    def add_listener(self, listener: Listener) -> None:
        """Call a function after each statement, in the thread that ran it."""
        self._listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Stop calling it."""
        self._listeners.remove(listener)

    @contextmanager
    def record(self) -> Generator[list[StatementRun]]:
        """Collect the statements that are run during a block, by all threads."""
        runs: list[StatementRun] = []
        self.add_listener(runs.append)
        try:
            yield runs
        finally:
            self._listeners[:] = [one for one in self._listeners if one != runs.append]

    # -- life ------------------------------------------------------------------------------------

    def make_default(self) -> "Database":
        """Let ``Session()`` use this database; return it."""
        set_default_database(self)
        return self

    def close(self) -> None:
        """Close the connections; those that are lent, when they come back."""
        self.workers.close()  # first: what was cancelled is told to stop while it is there
        self._finalizer()
        self.workers.close()  # and what was begun in between

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Database {self.dialect.safe_url}>"


def open_raw(dialect: Dialect) -> Any:
    """Open a connection of the driver; the errors of doing so are ours too."""
    try:
        return dialect.connect()
    except Exception as error:
        described = dialect.describe_error(error)
        if described is None:
            raise
        raise OperationalError(f"cannot open {dialect.safe_url}: {described}") from error


def connect(dialect: Dialect, listeners: list[Listener]) -> Connection:
    """Open a connection for a thread."""
    return Connection(open_raw(dialect), dialect, listeners)


def close_all(loops: Loops | None, pool: Pool) -> None:
    """Close the connections, those of loops and those of threads."""
    if loops is not None:
        loops.close()
    pool.close()


def mappers_of(models: tuple[type[Entity], ...]) -> list[Mapper]:
    """Return the mappers of these models, or of all."""
    return [model.__mapper__ for model in models] if models else list(Model.registry)


class Default:
    """The database of ``Session()``: a place that all threads share."""

    chosen: Database | None = None
    fallback: Database | None = None
    lock = threading.Lock()


def set_default_database(database: Database | None) -> None:
    """Let ``Session()`` use this database; None: the one in memory again."""
    Default.chosen = database


def default_database() -> Database:
    """Return what ``Session()`` uses."""
    with Default.lock:
        if Default.chosen is not None:
            return Default.chosen
        if Default.fallback is None:
            Default.fallback = Database("sqlite://", create_on_use=True)
        return Default.fallback
