"""Databases of their own for the tests: every contract holds on SQLite and on PostgreSQL."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from groundup_orm import Database, Session


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
