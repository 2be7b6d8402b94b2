"""groundup_orm.awaited: what is awaited on a loop is told and raised like what blocks."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from ctypes.util import find_library
from typing import Any

import psycopg
import pytest
from psycopg.adapt import Dumper

from groundup_orm import (
    Database,
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    StatementRun,
)

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(autouse=True)
def table(postgresql: Database) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER UNIQUE NOT NULL CHECK (a < 100))")


async def test_nothing_is_done_in_a_thread(postgresql: Database) -> None:
    await postgresql.query("SELECT 1")  # opens the connection
    postgresql.workers.close()
    threads = set(threading.enumerate())

    await postgresql.query("SELECT 1")
    await postgresql.query_one("SELECT 1")
    await postgresql.execute_async("INSERT INTO t VALUES (?)", 1)

    assert set(threading.enumerate()) == threads


def test_each_kind_of_loop(postgresql: Database, run: Run) -> None:
    async def scenario() -> None:
        assert await postgresql.execute_async("INSERT INTO t VALUES (?), (?)", 1, 2) == 2
        assert await postgresql.query("SELECT a FROM t ORDER BY a") == [{"a": 1}, {"a": 2}]
        assert await postgresql.query_one("SELECT a FROM t WHERE a = ?", 2) == {"a": 2}
        assert await postgresql.query_one("SELECT a FROM t WHERE a = ?", 3) is None

    run(scenario())


async def test_listeners_hear_the_same(postgresql: Database) -> None:
    statements: list[tuple[str, list[int]]] = [
        ("SELECT a FROM t WHERE a = ?", [7]),
        ("INSERT INTO t VALUES (?)", [7]),
        ("SELEC", []),
    ]

    with postgresql.record() as blocking:
        for sql, values in statements:
            with suppress(ProgrammingError):
                postgresql.fetch(sql, *values)
    postgresql.execute("DELETE FROM t")
    with postgresql.record() as awaited:
        for sql, values in statements:
            with suppress(ProgrammingError):
                await postgresql.query(sql, *values)

    def seen(run: StatementRun) -> tuple[Any, ...]:
        return (run.sql, run.parameters, run.rows, type(run.error), str(run.error))

    assert len(awaited) == 3
    assert [seen(run) for run in awaited] == [seen(run) for run in blocking]
    assert all(run.seconds > 0 for run in awaited)


async def test_listeners_are_called_in_the_context_of_the_task(postgresql: Database) -> None:
    request: ContextVar[str] = ContextVar("request")
    heard: list[str] = []
    postgresql.add_listener(lambda _: heard.append(request.get()))

    async def handle(name: str) -> None:
        request.set(name)
        await postgresql.query("SELECT 1")

    await asyncio.gather(*(handle(name) for name in "abc"))

    assert sorted(heard) == ["a", "b", "c"]


async def test_log_has_statements_without_values(
    postgresql: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="groundup_orm.sql"):
        await postgresql.execute_async("INSERT INTO t VALUES (?)", 47)

    assert "INSERT INTO t VALUES ($1) [1 rows, " in caplog.text
    assert "47" not in caplog.text.replace(".py:47", "")


@pytest.mark.parametrize(
    ("sql", "values", "kind"),
    [
        pytest.param("SELEC", (), ProgrammingError, id="syntax"),
        pytest.param("SELECT * FROM nowhere", (), ProgrammingError, id="table"),
        pytest.param("SELECT ?, ?", (1,), ProgrammingError, id="placeholders"),
        pytest.param("SELECT ?", (object(),), ProgrammingError, id="unknown-type"),
        pytest.param("SELECT ?::text", ("\0",), DatabaseError, id="nul"),
        pytest.param("INSERT INTO t VALUES (?)", (None,), IntegrityError, id="null"),
        pytest.param("INSERT INTO t VALUES (?)", (100,), IntegrityError, id="check"),
        pytest.param("INSERT INTO t VALUES (1), (1)", (), IntegrityError, id="unique"),
        pytest.param("SELECT 1/0", (), DatabaseError, id="division"),
        pytest.param("SELECT 'infinity'::date", (), DatabaseError, id="unloadable"),
        pytest.param("COPY t TO STDOUT", (), ProgrammingError, id="copy"),
    ],
)
async def test_errors_are_the_same(
    postgresql: Database, sql: str, values: tuple[Any, ...], kind: type[DatabaseError]
) -> None:
    with pytest.raises(kind) as blocking:
        postgresql.fetch(sql, *values)
    with pytest.raises(kind) as awaited:
        await postgresql.query(sql, *values)

    def facts(error: DatabaseError) -> tuple[Any, ...]:
        names = ("sql", "kind", "table", "columns", "constraint")
        return (type(error), *(getattr(error, name, None) for name in names))

    assert facts(awaited.value) == facts(blocking.value)
    if "COPY" not in sql:
        assert str(awaited.value) == str(blocking.value)
    if values != (1,):
        assert awaited.value.__cause__ is not None
    assert (await postgresql.query("SELECT 1 AS one"))["one"] == 1


async def test_error_of_the_program_is_not_ours(postgresql: Database) -> None:
    class Odd:
        """A type whose dumper is broken."""

    class OddDumper(Dumper):
        def dump(self, obj: Any) -> bytes:
            raise ZeroDivisionError

    psycopg.adapters.register_dumper(Odd, OddDumper)

    with pytest.raises(ZeroDivisionError):
        await postgresql.query("SELECT ?", Odd())

    assert (await postgresql.query("SELECT 1 AS one"))["one"] == 1


def test_server_that_goes_away_in_the_middle(
    postgresql: Database, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        with postgresql.record() as runs:
            task = asyncio.create_task(postgresql.query("SELECT pg_sleep(30)"))
            await asyncio.to_thread(sleepers, 1)
            await asyncio.to_thread(
                postgresql.fetch,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event = 'PgSleep' AND datname = current_database()",
            )
            with pytest.raises(OperationalError) as caught:
                await task

        assert caught.value.sql == "SELECT pg_sleep(30)"
        assert [run.sql for run in runs if isinstance(run.error, OperationalError)] == [
            "SELECT pg_sleep(30)"
        ]
        assert (await postgresql.query("SELECT 1 AS one"))["one"] == 1

    run(scenario())


def test_cancelled_await_ends_at_once(
    postgresql: Database, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(postgresql.query("SELECT pg_sleep(30)"), 0.05)
        await asyncio.to_thread(sleepers, 0)
        assert (await postgresql.query("SELECT 1 AS one"))["one"] == 1

    run(scenario())


WITHOUT_C = """
import asyncio, sys
import psycopg
from groundup_orm import Database

async def main():
    with Database(sys.argv[1]) as database:
        for n in range(9):
            assert await database.query("SELECT ? AS n, ? AS t", n, "ü") == [{"n": n, "t": "ü"}]
        try:
            await asyncio.wait_for(database.query("SELECT pg_sleep(30)"), 0.05)
        except TimeoutError:
            print(psycopg.pq.__impl__, await database.query_one("SELECT 7 AS a"))

asyncio.run(main())
"""


@pytest.mark.skipif(not find_library("pq"), reason="there is no libpq but the driver's own")
def test_driver_without_its_c_parts(postgresql_address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", WITHOUT_C, postgresql_address],
        env={**os.environ, "PSYCOPG_IMPL": "python"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "python {'a': 7}\n"
