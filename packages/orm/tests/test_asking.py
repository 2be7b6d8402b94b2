"""groundup_orm.asking: the same values as of the blocking way; plans made, kept and given up."""

import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.types.range import Range

from groundup_orm import Database
from groundup_orm.asking import ask
from groundup_orm.asyncconnection import AsyncConnection
from groundup_orm.prepared import Prepared

Asker = Callable[[Callable[[AsyncConnection], Coroutine[Any, Any, Any]]], Any]


async def plans(connection: AsyncConnection) -> list[tuple[str, str]]:
    """What the server says that it has prepared."""
    query = "SELECT name, statement FROM pg_prepared_statements ORDER BY name"
    rows = (await ask(connection, query, [])).rows()
    return [(row["name"], row["statement"]) for row in rows if row["statement"] != query]


VALUES = [
    pytest.param("$1::bigint", 2**63 - 1, id="bigint"),
    pytest.param("$1", 7, id="smallint"),
    pytest.param("$1", 70_000, id="integer"),
    pytest.param("$1", 2**70, id="numeric"),
    pytest.param("$1::numeric", Decimal("1.50"), id="decimal"),
    pytest.param("$1", 0.1, id="float"),
    pytest.param("$1::float", float("inf"), id="infinity"),
    pytest.param("$1", True, id="boolean"),
    pytest.param("$1::text", "größer ✓ '\"\\ %s", id="text"),
    pytest.param("$1", b"\x00\xff\\", id="bytes"),
    pytest.param("$1", memoryview(b"\x00view"), id="view"),
    pytest.param("$1::text", None, id="null"),
    pytest.param("$1", datetime(2030, 1, 2, 3, 4, 5, 678901, UTC), id="moment"),
    pytest.param("$1", datetime(2030, 1, 2, 3, 4, 5), id="naive"),  # noqa: DTZ001 - the case
    pytest.param("$1", date(2030, 1, 2), id="date"),
    pytest.param("$1", time(1, 2, 3), id="time"),
    pytest.param("$1", timedelta(days=-3, seconds=7), id="interval"),
    pytest.param("$1", uuid.UUID(int=7), id="uuid"),
    pytest.param("$1", [1, 2, None], id="array"),
    pytest.param("$1", [["a", "b"], ["c", "d"]], id="array-of-arrays"),
    pytest.param("$1::jsonb", '{"a": [1, null]}', id="json"),
    pytest.param("$1::json", '{"a":  1}', id="json-text"),
    pytest.param("$1::int4range", Range(1, 5), id="range"),
    pytest.param("$1::inet", "10.0.0.1", id="address"),
    pytest.param("row($1, 'a')", 7, id="record"),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_values_are_those_of_the_blocking_way(
    postgresql: Database, on_connection: Asker, expression: str, value: Any
) -> None:
    sql = f"SELECT {expression} AS v, 1 AS one"

    async def scenario(connection: AsyncConnection) -> list[Any]:
        connection.prepared = Prepared(after=1)
        return [(await ask(connection, sql, [value])).rows() for _ in range(3)]

    by_text, prepared, again = on_connection(scenario)
    with postgresql.pool.lend() as connection:
        (expected,) = connection.run(sql, [value]).rows

    assert by_text == prepared == again == [{"v": expected[0], "one": 1}]
    assert type(prepared[0]["v"]) is type(expected[0])


def test_first_result_of_a_script_counts_and_all_must_be_good(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        for _ in range(8):  # never prepared: the server takes no script for that
            assert (await ask(connection, "SELECT 1 AS a; SELECT 2 AS b", [])).rows() == [{"a": 1}]
        with pytest.raises(psycopg.errors.DivisionByZero):
            await ask(connection, "SELECT 1; SELECT 1/0", [])

    on_connection(scenario)


def test_statements_are_prepared_at_the_sixth_run(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> list[int]:
        found: list[int] = []
        for _ in range(7):
            await ask(connection, "SELECT $1::int AS a", [1])
            found.append(len(await plans(connection)))
        return found

    assert on_connection(scenario) == [0, 0, 0, 0, 0, 1, 1]


def test_columns_of_a_plan_are_those_of_its_table(
    postgresql: Database, on_connection: Asker
) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    postgresql.execute("INSERT INTO t VALUES (1, 'x')")

    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        for _ in range(3):
            assert (await ask(connection, "SELECT * FROM t", [])).rows() == [{"a": 1, "b": "x"}]
        postgresql.execute("ALTER TABLE t RENAME a TO c")
        for _ in range(3):
            assert (await ask(connection, "SELECT * FROM t", [])).rows() == [{"c": 1, "b": "x"}]
        postgresql.execute("ALTER TABLE t DROP c")
        for _ in range(3):
            assert (await ask(connection, "SELECT * FROM t", [])).rows() == [{"b": "x"}]

    on_connection(scenario)


@pytest.mark.parametrize("closes", [True, False], ids=["message", "statement"])
def test_surplus_plans_are_deallocated(
    on_connection: Asker, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    if closes and not psycopg.capabilities.has_send_close_prepared():
        pytest.skip("libpq 17 has it")
    monkeypatch.setattr("groundup_orm.asking.CLOSES", closes)

    async def scenario(connection: AsyncConnection) -> list[str]:
        connection.prepared = Prepared(after=1, most=2)
        for number in range(6):
            for _ in range(2):
                await ask(connection, f"SELECT {number}", [])
        await ask(connection, "SELECT 1 WHERE $1", [True])
        return [statement for _, statement in await plans(connection)]

    assert on_connection(scenario) == ["SELECT 4", "SELECT 5"]


def test_plan_that_does_not_fit_the_table_any_more_is_made_anew(
    postgresql: Database, on_connection: Asker
) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER)")
    postgresql.execute("INSERT INTO t VALUES (1)")

    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        for _ in range(3):
            assert (await ask(connection, "SELECT * FROM t", [])).rows() == [{"a": 1}]

        postgresql.execute("ALTER TABLE t ADD b TEXT DEFAULT 'x'")

        for _ in range(3):
            assert (await ask(connection, "SELECT * FROM t", [])).rows() == [{"a": 1, "b": "x"}]
        ((name, statement),) = await plans(connection)
        assert (name[-2:], statement) == ("_2", "SELECT * FROM t")

    on_connection(scenario)


@pytest.mark.parametrize("discard", ["DISCARD ALL", "DEALLOCATE ALL"])
def test_plans_that_somebody_discarded_are_made_anew(on_connection: Asker, discard: str) -> None:
    async def scenario(connection: AsyncConnection) -> list[Any]:
        connection.prepared = Prepared(after=1)
        found: list[Any] = []
        for _ in range(3):
            found += [(await ask(connection, "SELECT $1::int AS a", [7])).first() for _ in range(3)]
            await ask(connection, discard, [])
        return found

    assert on_connection(scenario) == [{"a": 7}] * 9


@pytest.mark.parametrize("state", ["26000", "0A000"])
def test_what_a_function_has_done_before_its_error_is_not_done_again(
    on_connection: Asker, state: str
) -> None:
    function = f"""
    CREATE FUNCTION fail(n INTEGER) RETURNS BIGINT AS $$
    DECLARE found BIGINT := nextval('runs'); -- which no rollback undoes
    BEGIN
        IF n > 3 THEN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END IF;
        RETURN found;
    END $$ LANGUAGE plpgsql
    """

    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        await ask(connection, "CREATE SEQUENCE runs", [])
        await ask(connection, function, [])
        for n in (1, 2, 3):
            assert (await ask(connection, "SELECT fail($1) AS n", [n])).rows()["n"] == n
        with pytest.raises(psycopg.Error, match="no"):
            await ask(connection, "SELECT fail($1) AS n", [4])
        assert (await ask(connection, "SELECT fail($1) AS n", [1])).rows()["n"] == 5

    on_connection(scenario)


def test_plan_whose_table_has_other_types_now_fails_once(
    postgresql: Database, on_connection: Asker
) -> None:
    postgresql.execute("CREATE TABLE t (a TEXT)")

    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        insert = "INSERT INTO t VALUES ($1)"
        for _ in range(3):
            await ask(connection, insert, ["7"])
        postgresql.execute("DROP TABLE t")
        postgresql.execute("CREATE TABLE t (a INTEGER)")

        with pytest.raises(psycopg.errors.DatatypeMismatch):
            await ask(connection, insert, ["7"])
        assert (await ask(connection, insert, ["7"])).count() == 1

    on_connection(scenario)


def test_refusal_of_a_prepared_statement_is_its_error(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        for _ in range(3):
            await ask(connection, "SELECT 1 / $1::int AS a", [1])

        for _ in range(2):
            with pytest.raises(psycopg.errors.DivisionByZero):
                await ask(connection, "SELECT 1 / $1::int AS a", [0])
        assert (await ask(connection, "SELECT 1 / $1::int AS a", [1])).first() == {"a": 1}
        assert len(await plans(connection)) == 1

    on_connection(scenario)


def test_value_that_the_driver_does_not_know_is_refused_before_it_is_sent(
    on_connection: Asker,
) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        with pytest.raises(psycopg.ProgrammingError, match="cannot adapt"):
            await ask(connection, "SELECT $1", [object()])
        with pytest.raises(psycopg.DataError):
            await ask(connection, "SELECT $1::text", ["\0"])
        assert (await ask(connection, "SELECT 7 AS a", [])).first() == {"a": 7}

    on_connection(scenario)
