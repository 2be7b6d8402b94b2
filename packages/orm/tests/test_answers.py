"""groundup_orm.answers: rows, counts and errors out of the driver's results."""

from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import pytest
from psycopg.pq import ExecStatus

from groundup_orm.answers import check
from groundup_orm.asking import ask
from groundup_orm.asyncconnection import AsyncConnection

Asker = Callable[[Callable[[AsyncConnection], Coroutine[Any, Any, Any]]], Any]


def test_rows_changed_and_rows_found_are_counted(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> list[int]:
        statements = [
            "CREATE TABLE t (a INTEGER)",
            "INSERT INTO t VALUES (1), (2), (3)",
            "UPDATE t SET a = 7 WHERE a < 3",
            "SELECT * FROM t",
            "DELETE FROM t",
            "",
        ]
        return [(await ask(connection, sql, [])).count() for sql in statements]

    assert on_connection(scenario) == [0, 3, 2, 3, 3, 0]


def test_first_row_of_many_and_of_none(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        many = await ask(connection, "SELECT n FROM generate_series(1, 9) AS n", [])
        none = await ask(connection, "SELECT 1 WHERE false", [])
        nothing = await ask(connection, "SET timezone = 'UTC'", [])

        assert many.first() == {"n": 1}
        assert len(many.rows()) == 9
        assert (none.first(), none.rows()) == (None, [])
        assert (nothing.first(), nothing.rows()) == (None, [])

    on_connection(scenario)


def test_rows_without_columns(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> list[Any]:
        return (await ask(connection, "SELECT FROM generate_series(1, 2)", [])).rows()

    assert on_connection(scenario) == [{}, {}]


def test_copying_is_refused(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        await ask(connection, "CREATE TABLE t (a INTEGER)", [])
        with pytest.raises(psycopg.ProgrammingError, match="COPY cannot be used here"):
            await ask(connection, "COPY t FROM STDIN", [])

    on_connection(scenario)


def test_an_answer_without_a_result_is_an_error() -> None:
    with pytest.raises(psycopg.InternalError, match="no result"):
        check([], "utf-8")


def test_a_result_that_is_none_of_these_is_an_error(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        results = [connection.pgconn.make_empty_result(ExecStatus.BAD_RESPONSE)]
        with pytest.raises(psycopg.InternalError, match="unexpected result: BAD_RESPONSE"):
            check(results, "utf-8")

    on_connection(scenario)
