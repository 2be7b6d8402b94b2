"""groundup_orm.asyncconnection: big and small answers, cancelled, cut off."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from groundup_orm import Database
from groundup_orm.asyncconnection import AsyncConnection
from groundup_orm.workers import Workers

Run = Callable[[Coroutine[Any, Any, Any]], Any]
SLEEP = b"SELECT pg_sleep(30)"
KILL = "SELECT pg_terminate_backend(?)"


class Opened:
    """Opens connections to one database; knows which have come back by themselves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.workers = Workers(4, timeout=5)
        self.back: asyncio.Queue[AsyncConnection] = asyncio.Queue()
        self.raws: list[Any] = []

    def connection(self, *, patience: float = 10) -> AsyncConnection:
        raw: Any = self.database.dialect.connect()
        self.raws.append(raw)
        loop = asyncio.get_running_loop()
        give_back = self.back.put_nowait
        return AsyncConnection(raw, loop, give_back, dial=self.workers.dial, patience=patience)


@pytest.fixture
def opened(postgresql: Database) -> Iterator[Opened]:
    found = Opened(postgresql)
    yield found
    found.workers.close()
    for raw in found.raws:
        raw.close()


def go_astray(**_: Any) -> None:
    """Stand for a request to stop that reaches nobody."""


async def say(connection: AsyncConnection, sql: bytes) -> list[PGresult]:
    return await connection.ask(connection.pgconn.send_query, sql)


def value(results: list[PGresult]) -> bytes | None:
    return results[0].get_value(0, 0)


def test_statements_are_answered_one_after_the_other(opened: Opened, run: Run) -> None:
    async def scenario() -> list[bytes | None]:
        connection = opened.connection()
        return [value(await say(connection, b"SELECT %d" % number)) for number in range(20)]

    assert run(scenario()) == [b"%d" % number for number in range(20)]


def test_a_script_has_a_result_for_each_statement(opened: Opened, run: Run) -> None:
    async def scenario() -> list[PGresult]:
        return await say(opened.connection(), b"SELECT 1; SELECT 2; SELECT 3")

    assert [result.get_value(0, 0) for result in run(scenario())] == [b"1", b"2", b"3"]


def test_connection_can_be_used_after_an_error(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        assert (await say(connection, b"SELECT 1/0"))[0].status == ExecStatus.FATAL_ERROR
        assert connection.clean
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_what_is_larger_than_the_buffers_of_sockets_goes_and_comes(
    opened: Opened, run: Run
) -> None:
    text = b"x" * 20_000_000

    async def scenario() -> None:
        connection = opened.connection()
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticking = asyncio.create_task(tick())
        results = await connection.ask(
            connection.pgconn.send_query_params, b"SELECT $1::text", [text]
        )
        ticking.cancel()

        assert value(results) == text
        assert ticks >= 2, "the loop stood still"
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_many_rows(opened: Opened, run: Run) -> None:
    async def scenario() -> int:
        rows = b"SELECT n, repeat('x', 50) FROM generate_series(1, 200000) AS n"
        return (await say(opened.connection(), rows))[0].ntuples

    assert run(scenario()) == 200_000


def test_notices_and_notifications_disturb_nobody(opened: Opened, run: Run) -> None:
    notice = b"DO $$BEGIN RAISE NOTICE 'psst'; END$$"

    async def scenario() -> None:
        connection, other = opened.connection(), opened.connection()
        await say(connection, b"LISTEN news")
        for _ in range(3):
            await say(connection, notice)
            await say(other, b"NOTIFY news, 'extra'")
            await say(connection, b"NOTIFY news, 'mine'")
            assert value(await say(connection, b"SELECT 7")) == b"7"
        await say(other, b"NOTIFY news")
        await asyncio.sleep(0.01)  # the loop reads what nobody asked for
        assert connection.good
        assert connection.pgconn.notifies() is None

    run(scenario())


def test_cancelled_statement_is_stopped_before_the_connection_comes_back(
    opened: Opened, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        for _ in range(5):
            task = asyncio.create_task(say(connection, SLEEP))
            await asyncio.to_thread(sleepers, 1)

            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.wait_for(opened.back.get(), 10) is connection
            assert not connection.stray
            assert value(await say(connection, b"SELECT 7 FROM pg_sleep(0.01)")) == b"7"

    run(scenario())


def test_cancellation_when_the_statement_is_still_being_sent(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        big = [b"x" * 20_000_000]
        asking = connection.ask(
            connection.pgconn.send_query_params, b"SELECT length($1::text)", big
        )
        task = asyncio.create_task(asking)
        await asyncio.sleep(0)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_cancellation_at_the_moment_of_the_answer_stops_nothing(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        task = asyncio.create_task(say(connection, b"SELECT 1"))
        await asyncio.sleep(0)
        while connection._waiter is not None:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0)

        task.cancel()
        await asyncio.wait([task])

        assert not connection.stray
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_answer_and_cancellation_in_one_turn_of_the_loop(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        task = asyncio.create_task(say(connection, b"SELECT 1"))
        await asyncio.sleep(0)
        while not connection._has_news():  # the answer is there, and nobody has looked
            pass

        task.cancel()
        connection._read()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert not connection.stray
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_statement_that_will_not_stop_costs_the_connection(
    opened: Opened, run: Run, sleepers: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        connection = opened.connection(patience=0.05)
        monkeypatch.setattr(connection.raw, "cancel_safe", go_astray)
        task = asyncio.create_task(say(connection, SLEEP))
        await asyncio.to_thread(sleepers, 1)

        task.cancel()

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.closed

    run(scenario())


def test_request_to_stop_that_cannot_be_delivered_costs_the_connection(
    opened: Opened, run: Run, sleepers: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise psycopg.OperationalError("no way")

    async def scenario() -> None:
        connection = opened.connection()
        monkeypatch.setattr(connection.raw, "cancel_safe", fail)
        task = asyncio.create_task(say(connection, SLEEP))
        await asyncio.to_thread(sleepers, 1)

        task.cancel()

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.closed

    run(scenario())


def test_server_that_hangs_up_in_the_middle_says_why(
    opened: Opened, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        task = asyncio.create_task(say(connection, SLEEP))
        await asyncio.to_thread(sleepers, 1)
        pid = connection.pgconn.backend_pid

        await asyncio.to_thread(opened.database.fetch, KILL, pid)
        results = await task
        while not connection.closed:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.001)

        assert results[0].error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"57P01"
        with pytest.raises(psycopg.OperationalError):
            await say(connection, b"SELECT 1")

    run(scenario())


def test_connection_that_is_cut_is_an_operational_error(
    opened: Opened, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        task = asyncio.create_task(say(connection, SLEEP))
        await asyncio.to_thread(sleepers, 1)
        with socket.socket(fileno=socket.dup(connection.pgconn.socket)) as found:
            found.shutdown(socket.SHUT_RDWR)

        with pytest.raises(psycopg.OperationalError):
            await task

        assert connection.closed
        with pytest.raises(psycopg.OperationalError):
            await say(connection, b"SELECT 1")

    run(scenario())


def test_connection_that_is_cut_when_something_is_sent(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        with socket.socket(fileno=socket.dup(connection.pgconn.socket)) as found:
            found.shutdown(socket.SHUT_RDWR)

        with pytest.raises(psycopg.OperationalError):
            await connection.ask(
                connection.pgconn.send_query_params, b"SELECT $1", [b"x" * 20_000_000]
            )

        assert connection.closed

    run(scenario())


def test_stray_connection_that_is_cut_comes_back_closed(
    opened: Opened, run: Run, sleepers: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        monkeypatch.setattr(connection.raw, "cancel_safe", go_astray)
        task = asyncio.create_task(say(connection, SLEEP))
        await asyncio.to_thread(sleepers, 1)
        task.cancel()
        await asyncio.wait([task])

        await asyncio.to_thread(opened.database.fetch, KILL, connection.pgconn.backend_pid)

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.closed

    run(scenario())


def test_goodbye_is_seen_before_a_free_connection_is_lent(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        assert connection.good
        opened.database.fetch(
            KILL, connection.pgconn.backend_pid
        )  # blocks the loop: it cannot look
        while not connection._has_news():
            pass

        assert not connection.good

    run(scenario())


def test_goodbye_is_seen_by_the_loop(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        await asyncio.to_thread(opened.database.fetch, KILL, connection.pgconn.backend_pid)

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.closed
        assert not connection.good

    run(scenario())


def test_goodbye_is_seen_where_there_is_only_select(
    opened: Opened, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        with monkeypatch.context() as patch:
            patch.delattr("select.poll", raising=False)
            connection = opened.connection()
        assert connection.good
        opened.database.fetch(KILL, connection.pgconn.backend_pid)
        while connection.good:
            pass

    run(scenario())


def test_last_words_are_enough_for_a_goodbye(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        opened.database.fetch(KILL, connection.pgconn.backend_pid)
        while not connection._has_news():
            pass

        connection._read()  # the words at least, if not yet the end

        assert connection.closed

    for _ in range(20):
        run(scenario())


@pytest.mark.parametrize("sql", [b"COPY t FROM STDIN", b"COPY t TO STDOUT"])
def test_copying_ends_the_connection(opened: Opened, run: Run, sql: bytes) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        await say(connection, b"CREATE TEMPORARY TABLE t (a INTEGER)")

        results = await say(connection, sql)

        assert results[0].status in {ExecStatus.COPY_IN, ExecStatus.COPY_OUT}
        assert connection.closed

    run(scenario())


def test_copying_that_was_cancelled_ends_the_connection(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        await say(connection, b"CREATE TEMPORARY TABLE t (a INTEGER)")
        asking = say(connection, b"COPY t FROM STDIN")
        asking.send(None)
        with pytest.raises(asyncio.CancelledError):
            asking.throw(asyncio.CancelledError())
        assert connection.stray

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.closed

    run(scenario())


def test_what_cannot_be_sent_leaves_the_connection_as_it_was(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        too_many = [b"1"] * 70_000
        with pytest.raises(psycopg.OperationalError, match="number of parameters"):
            await connection.ask(connection.pgconn.send_query_params, b"SELECT 1", too_many)

        assert not connection.closed
        assert value(await say(connection, b"SELECT 7")) == b"7"

    run(scenario())


def test_transaction_that_was_left_open_is_undone(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        await say(connection, b"BEGIN")
        assert not connection.clean

        connection.undo()

        assert await asyncio.wait_for(opened.back.get(), 10) is connection
        assert connection.clean

    run(scenario())


def test_undoing_on_a_connection_that_is_gone_closes_it(opened: Opened, run: Run) -> None:
    async def scenario() -> None:
        connection = opened.connection()
        connection.raw.close()  # behind its back
        connection._loop.remove_reader(connection._socket)

        connection.undo()

        assert opened.back.get_nowait() is connection
        assert connection.closed

    run(scenario())


@pytest.mark.usefixtures("sleepers")
def test_question_that_is_thrown_away_ends_the_connection(opened: Opened) -> None:
    async def scenario() -> tuple[AsyncConnection, Any]:
        connection = opened.connection()
        asking = say(connection, SLEEP)
        asking.send(None)
        return connection, asking

    connection, asking = asyncio.run(scenario())
    asking.close()  # its loop is closed

    assert connection.closed
