"""Databases of their own for the tests: every contract holds on SQLite and on PostgreSQL."""

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from groundup_orm import Database, Session
from groundup_orm.workers import Workers

LOOPS = ["asyncio", *(["uvloop"] if find_spec("uvloop") else [])]


@pytest.fixture(scope="session")
def postgresql_of_worker(postgresql_server: str) -> Iterator[str]:
    """The URL of one PostgreSQL database; making one for each test would take most of the time."""
    import psycopg
    from psycopg import sql

    name = f"orm_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
        )
    yield urlsplit(postgresql_server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgresql_address(postgresql_of_worker: str) -> str:
    """The URL of a PostgreSQL database that is empty again."""
    import psycopg

    with psycopg.connect(postgresql_of_worker, autocommit=True) as admin:
        admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return postgresql_of_worker


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgresql_address")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database, of each system in turn."""
    with Database(database_url, pool_size=4, pool_timeout=5) as found:
        yield found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session of ``database``; what it leaves uncommitted is thrown away."""
    found = Session(database)
    yield found
    if not found.closed:
        found.rollback()
        found.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite file, for what is the same on all databases."""
    with Database(f"sqlite:///{tmp_path / 'test.db'}", pool_size=4, pool_timeout=5) as found:
        yield found


@pytest.fixture
def postgresql(postgresql_address: str) -> Iterator[Database]:
    """An empty PostgreSQL database, for what only it has."""
    with Database(postgresql_address, pool_size=4, pool_timeout=5) as found:
        yield found


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine on a new loop of each kind in turn."""
    factory = asyncio.new_event_loop
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop

    def run_in_time(scenario: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(asyncio.wait_for(scenario, 60))

    return run_in_time


@pytest.fixture
def sleepers(postgresql: Database) -> Iterator[Callable[[int], None]]:
    """Wait, in any thread, until so many connections sleep in the middle of a statement."""
    sleeping = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"

    def wait_for(count: int) -> None:
        query = f"SELECT count(*) AS n {sleeping}"
        deadline = time.monotonic() + 20
        while postgresql.fetch(query)["n"] != count:
            assert time.monotonic() < deadline, f"there were never {count} sleepers"
            time.sleep(0.005)

    yield wait_for
    postgresql.fetch(f"SELECT pg_terminate_backend(pid) {sleeping}")
    wait_for(0)


@pytest.fixture
def on_connection(
    postgresql: Database,
) -> Iterator[Callable[[Callable[[Any], Coroutine[Any, Any, Any]]], Any]]:
    """Run a scenario with a connection."""
    workers = Workers(1, timeout=5)

    def run(scenario: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        from groundup_orm.asyncconnection import AsyncConnection  # needs psycopg

        async def main() -> Any:
            raw: Any = postgresql.dialect.connect()
            loop = asyncio.get_running_loop()
            connection = AsyncConnection(raw, loop, lambda _: None, dial=workers.dial, patience=5)
            try:
                return await scenario(connection)
            finally:
                connection.close()

        return asyncio.run(asyncio.wait_for(main(), 60))

    yield run
    workers.close()
