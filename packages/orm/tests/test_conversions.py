"""groundup_orm.conversions: kept while they are right, and made anew when a setting changes."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from groundup_orm.asking import ask
from groundup_orm.asyncconnection import AsyncConnection
from groundup_orm.prepared import Prepared

Asker = Callable[[Callable[[AsyncConnection], Coroutine[Any, Any, Any]]], Any]
SET_ZONE = "set_config('timezone', 'Asia/Tokyo', false)"


def test_conversions_are_kept(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        first = connection.conversions.current()
        await ask(connection, "SELECT $1", [datetime.now(UTC)])

        assert connection.conversions.current() is first

    on_connection(scenario)


@pytest.mark.parametrize("runs", [1, 9], ids=["prepared", "by-text"])
@pytest.mark.parametrize(
    "change",
    ["SET timezone = 'Asia/Tokyo'", f"SELECT {SET_ZONE}", f"DO $$BEGIN PERFORM {SET_ZONE}; END$$"],
)
def test_moments_are_shown_in_the_zone_that_was_set(
    on_connection: Asker, change: str, runs: int
) -> None:
    moment = datetime(2030, 1, 1, 12, tzinfo=UTC)

    async def scenario(connection: AsyncConnection) -> list[datetime]:
        connection.prepared = Prepared(after=runs)
        query = "SELECT $1 AS at"
        before = [(await ask(connection, query, [moment])).rows()["at"] for _ in range(3)]
        await ask(connection, change, [])
        after = [(await ask(connection, query, [moment])).rows()["at"] for _ in range(3)]
        return before + after

    found = on_connection(scenario)

    assert found == [moment] * 6
    assert [at.utcoffset() for at in found] == [timedelta()] * 3 + [timedelta(hours=9)] * 3


def test_dates_are_read_in_the_order_that_was_set(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> list[Any]:
        query = "SELECT date '2030-02-03' AS d, interval '1 day 2 hours' AS i"
        found = [(await ask(connection, query, [])).first()]
        await ask(connection, "SET datestyle = 'SQL, DMY'", [])
        found.append((await ask(connection, query, [])).first())
        await ask(connection, "SET datestyle = 'German'", [])
        found.append((await ask(connection, query, [])).first())
        return found

    expected = {"d": date(2030, 2, 3), "i": timedelta(days=1, hours=2)}
    assert on_connection(scenario) == [expected] * 3


def test_text_is_in_the_encoding_that_was_set(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        connection.prepared = Prepared(after=1)
        for _ in range(3):
            assert (await ask(connection, "SELECT 'ü' || $1 AS \"ö\"", ["ä"])).first() == {
                "ö": "üä"
            }
        await ask(connection, "SET client_encoding = 'latin1'", [])
        for _ in range(3):
            assert (await ask(connection, "SELECT 'ü' || $1 AS \"ö\"", ["ä"])).first() == {
                "ö": "üä"
            }
        assert connection.conversions.encoding == "iso8859-1"

    on_connection(scenario)


def test_large_results_are_not_kept(on_connection: Asker) -> None:
    async def scenario(connection: AsyncConnection) -> None:
        (await ask(connection, "SELECT repeat('x', 1000000)", [])).rows()

        assert connection.conversions.current().pgresult is None

    on_connection(scenario)
