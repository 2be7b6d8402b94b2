"""Databases of their own for the tests: every contract holds on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundup_orm import Database, Session


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgresql_url")
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
def postgresql(postgresql_url: str) -> Iterator[Database]:
    """An empty PostgreSQL database, for what only it has."""
    with Database(postgresql_url, pool_size=4, pool_timeout=5) as found:
        yield found
