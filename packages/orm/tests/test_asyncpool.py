"""groundup_orm.asyncpool: never too many, each in its turn, and never one with an unread answer."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from groundup_orm import Database, OperationalError, PoolTimeout
from groundup_orm.asking import ask
from groundup_orm.asyncconnection import AsyncConnection
from groundup_orm.asyncpool import AsyncPool
from groundup_orm.database import open_raw
from groundup_orm.workers import Workers

Run = Callable[[Coroutine[Any, Any, Any]], Any]
KILL = "SELECT pg_terminate_backend(?)"


class Pools:
    """Makes pools of one database; counts the connections that they opened."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.workers = Workers(4, timeout=5)
        self.made: list[AsyncPool] = []
        self.opened = 0

    def connect(self) -> Any:
        self.opened += 1
        return open_raw(self.database.dialect)

    def make(self, size: int, *, timeout: float = 20, recycle: float = 1800) -> AsyncPool:
        pool = AsyncPool(
            asyncio.get_running_loop(),
            self.connect,
            self.workers.dial,
            size=size,
            timeout=timeout,
            recycle=recycle,
            patience=10,
        )
        self.made.append(pool)
        return pool


@pytest.fixture
def pools(postgresql: Database) -> Iterator[Pools]:
    found = Pools(postgresql)
    yield found
    found.workers.close()
    for pool in found.made:
        pool.shut()


async def lend(pool: AsyncPool) -> AsyncConnection:
    return pool.take() or await pool.wait()


async def lend_at_last(pool: AsyncPool) -> AsyncConnection:
    """Lend a connection of a pool that has less patience than opening one may take."""
    while True:
        with suppress(PoolTimeout):
            return await lend(pool)


async def number(pool: AsyncPool, wanted: int, *, seconds: float = 0) -> int:
    connection = await lend(pool)
    try:
        sql = "SELECT $1::int AS n, pg_sleep($2)" if seconds else "SELECT $1::int AS n"
        found = (await ask(connection, sql, [wanted, seconds] if seconds else [wanted])).first()
    finally:
        pool.release(connection)
    assert found is not None
    return int(found["n"])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.001)


def test_two_hundred_tasks_share_four_connections(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(4)
        found = await asyncio.gather(*(number(pool, n) for n in range(200)))

        assert found == list(range(200))
        await until(lambda: pool.idle == 4)
        assert (pool.opened, pools.opened) == (4, 4)

    run(scenario())


def test_one_task_needs_one_connection(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(4)
        for n in range(10):
            await number(pool, n)

        assert pools.opened == 1

    run(scenario())


def test_who_came_first_is_served_first(pools: Pools, run: Run) -> None:
    async def scenario() -> list[int]:
        pool = pools.make(1)
        served: list[int] = []

        async def work(n: int) -> None:
            served.append(await number(pool, n))

        await asyncio.gather(*(work(n) for n in range(20)))
        return served

    assert run(scenario()) == list(range(20))


def test_waiting_for_a_connection_ends(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1, timeout=0.05)
        held = await lend_at_last(pool)
        start = time.monotonic()

        outcomes = await asyncio.gather(
            *(number(pool, n) for n in range(3)), return_exceptions=True
        )

        assert time.monotonic() - start < 5
        for outcome in outcomes:
            assert isinstance(outcome, PoolTimeout)
            assert "in 0.05 seconds, all 1 are busy" in str(outcome)
        pool.release(held)
        assert await number(pool, 7) == 7

    run(scenario())


def test_those_who_came_later_wait_longer(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1, timeout=0.6)
        held = await lend_at_last(pool)
        first = asyncio.create_task(number(pool, 1))
        await asyncio.sleep(0.4)
        second = asyncio.create_task(number(pool, 2))
        await asyncio.wait([first])
        pool.release(held)

        assert await second == 2
        with pytest.raises(PoolTimeout):
            await first

    run(scenario())


def test_task_that_is_cancelled_in_the_queue_takes_no_connection_with_it(
    pools: Pools, run: Run
) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        held = await lend(pool)
        first, second = (asyncio.create_task(lend(pool)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])

        pool.release(held)

        assert await second is held
        pool.release(held)
        assert pool.idle == 1

    run(scenario())


def test_no_connection_is_opened_for_who_has_left_the_queue(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        held = await lend(pool)
        waiting = asyncio.create_task(lend(pool))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])

        held.close()
        pool.release(held)

        assert pool.opened == 0

    run(scenario())


def test_task_that_is_cancelled_when_it_is_lent_a_connection_gives_it_back(
    pools: Pools, run: Run
) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        held = await lend(pool)
        waiting = asyncio.create_task(lend(pool))
        await asyncio.sleep(0)

        pool.release(held)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            pool.release(await waiting)

        assert pool.idle == 1

    run(scenario())


def test_connection_that_was_opened_for_a_cancelled_task_finds_another(
    pools: Pools, run: Run
) -> None:
    async def scenario() -> None:
        pool = pools.make(2)
        task = asyncio.create_task(number(pool, 1))
        await asyncio.sleep(0)
        task.cancel()

        await until(lambda: pool.idle == 1)

        assert await number(pool, 7) == 7
        assert pools.opened == 1

    run(scenario())


def test_lost_connections_are_replaced(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(2)
        connections = [await lend(pool), await lend(pool)]
        pids = [connection.pgconn.backend_pid for connection in connections]
        for connection in connections:
            pool.release(connection)

        pools.database.fetch(KILL, pids[0])
        await until(lambda: connections[0].closed)
        pools.database.fetch(KILL, pids[1])
        while not connections[1]._has_news():  # and the loop has no time to look
            pass

        assert await asyncio.gather(*(number(pool, n) for n in range(9))) == list(range(9))
        assert pool.opened <= 2
        assert pools.opened <= 4

    run(scenario())


def test_old_connections_are_replaced(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        assert [await number(pool, n) for n in range(3)] == [0, 1, 2]
        assert pools.opened == 1
        for connection in pool._connections:
            connection.opened -= 1800

        assert await number(pool, 7) == 7
        assert (pools.opened, pool.opened) == (2, 1)

    run(scenario())


def test_old_connections_are_replaced_under_load_too(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(2, recycle=0)
        found = await asyncio.gather(*(number(pool, n) for n in range(9)))

        assert found == list(range(9))
        assert pools.opened >= 9
        assert pool.opened <= 2

    run(scenario())


def test_transaction_that_was_left_open_is_not_lent(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        connection = await lend(pool)
        await ask(connection, "CREATE TABLE t (a INTEGER)", [])
        await ask(connection, "BEGIN", [])
        await ask(connection, "INSERT INTO t VALUES (1)", [])

        pool.release(connection)

        assert pool.idle == 0
        again = await lend(pool)
        assert again is connection
        assert (await ask(again, "SELECT * FROM t", [])).rows() == []
        pool.release(again)

    run(scenario())


def test_server_that_cannot_be_reached_is_told_to_each(pools: Pools, run: Run) -> None:
    def refuse() -> Any:
        raise OperationalError("cannot open it")

    async def scenario() -> None:
        pool = pools.make(2)
        connect, pool._connect = pool._connect, refuse
        outcomes = await asyncio.gather(
            *(number(pool, n) for n in range(5)), return_exceptions=True
        )
        pool._connect = connect

        assert [str(outcome) for outcome in outcomes] == ["cannot open it"] * 5
        assert len({id(outcome) for outcome in outcomes}) == 5
        assert pool.opened == 0
        assert await number(pool, 7) == 7

    run(scenario())


def test_connection_that_is_lost_at_once_is_told(pools: Pools, run: Run) -> None:
    def open_and_close() -> Any:
        raw = pools.connect()
        raw.close()
        return raw

    async def scenario() -> None:
        pool = pools.make(1)
        pool._connect = open_and_close
        with pytest.raises(psycopg.OperationalError):
            await number(pool, 7)

        pool._connect = pools.connect
        assert await number(pool, 7) == 7

    run(scenario())


def test_cancelled_statements_under_load(
    pools: Pools, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        pool = pools.make(3)
        slow = [asyncio.create_task(number(pool, n, seconds=30)) for n in range(2)]
        await asyncio.to_thread(sleepers, 2)
        quick = [asyncio.create_task(number(pool, n)) for n in range(100)]
        await asyncio.sleep(0)

        for task in slow:
            task.cancel()

        assert await asyncio.gather(*quick) == list(range(100))
        await until(lambda: pool.idle == 3)
        assert pools.opened == 3
        assert all(task.cancelled() for task in slow)

    run(scenario())


def test_closing_waits_for_nobody_and_leaves_nobody_waiting(
    pools: Pools, run: Run, sleepers: Callable[[int], None]
) -> None:
    async def scenario() -> None:
        pool = pools.make(2)
        running = [asyncio.create_task(number(pool, n, seconds=0.3)) for n in range(2)]
        await asyncio.to_thread(sleepers, 2)
        waiting = asyncio.create_task(number(pool, 7))
        await asyncio.sleep(0)

        pool.shut()

        with pytest.raises(OperationalError, match="database is closed"):
            await waiting
        with pytest.raises(OperationalError, match="database is closed"):
            await number(pool, 8)
        assert await asyncio.gather(*running) == [0, 1]
        assert (pool.idle, pool.opened) == (0, 0)

    run(scenario())


def test_closing_does_not_wait_for_what_nobody_waits_for(
    pools: Pools,
    run: Run,
    sleepers: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def go_astray(**_: Any) -> None:
        """Stand for a request to stop that reaches nobody."""

    async def scenario() -> None:
        pool = pools.make(1)
        task = asyncio.create_task(number(pool, 7, seconds=30))
        await asyncio.to_thread(sleepers, 1)
        (connection,) = pool._connections
        monkeypatch.setattr(connection.raw, "cancel_safe", go_astray)
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert connection.stray

        pool.close()

        assert connection.closed
        assert pool.opened == 0

    run(scenario())


def test_connection_that_arrives_after_closing_is_hung_up(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(1)
        task = asyncio.create_task(number(pool, 7))
        await asyncio.sleep(0)

        pool.close()

        with pytest.raises(OperationalError, match="database is closed"):
            await task
        await until(lambda: pool.opened == 0)

    run(scenario())


def test_connections_of_a_closed_loop_can_be_closed(pools: Pools, run: Run) -> None:
    async def scenario() -> AsyncPool:
        pool = pools.make(3)
        await number(pool, 1)
        late = asyncio.create_task(number(pool, 2, seconds=0.2))
        await asyncio.sleep(0.01)
        late.cancel()
        waiting = [asyncio.create_task(lend(pool)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        return pool

    pool = run(scenario())
    pools.workers.close()

    pool.shut()

    assert pool.idle == 0


def test_pool_is_closed_from_another_thread(pools: Pools, run: Run) -> None:
    async def scenario() -> None:
        pool = pools.make(2)
        await number(pool, 1)

        await asyncio.to_thread(pool.shut)

        await until(lambda: pool.opened == 0)

    run(scenario())


async def be_cancelled_soon(pool: AsyncPool, n: int, chance: random.Random) -> None:
    task = asyncio.create_task(number(pool, n, seconds=5))
    await asyncio.sleep(chance.random() * 0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def be_cancelled_at_once(pool: AsyncPool, n: int, chance: random.Random) -> None:
    task = asyncio.create_task(number(pool, n))
    for _ in range(chance.randrange(12)):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        assert await task == n


async def be_refused(pool: AsyncPool, _n: int, _chance: random.Random) -> None:
    connection = await lend(pool)
    try:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await ask(connection, "SELECT 1/0", [])
    finally:
        pool.release(connection)


async def be_answered(pool: AsyncPool, n: int, chance: random.Random) -> None:
    await asyncio.sleep(chance.random() * 0.02)
    assert await number(pool, n) == n


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_things_that_happen(pools: Pools, run: Run, seed: int) -> None:
    chance = random.Random(seed)
    things = [be_cancelled_soon, be_cancelled_at_once, be_refused, be_answered, be_answered]

    async def scenario() -> None:
        pool = pools.make(3)
        await asyncio.gather(*(chance.choice(things)(pool, n, chance) for n in range(150)))
        await until(lambda: pool.idle == pool.opened)

        assert 1 <= pool.opened <= 3
        assert await asyncio.gather(*(number(pool, n) for n in range(9))) == list(range(9))
        assert pools.opened == 3  # none was lost on the way

    run(scenario())


async def try_to_be_answered(pool: AsyncPool, n: int, chance: random.Random) -> bool:
    await asyncio.sleep(chance.random() * 0.2)
    try:
        assert await number(pool, n, seconds=chance.choice([0, 0, 0.01])) == n
    except psycopg.OperationalError:
        return False
    return True


async def keep_hanging_up(pools: Pools, pool: AsyncPool, until: asyncio.Event) -> None:
    def end(pid: int) -> None:
        pools.database.fetch(KILL, pid)
        while pools.database.fetch("SELECT 1 FROM pg_stat_activity WHERE pid = ?", pid):
            time.sleep(0.001)

    while not until.is_set():
        await asyncio.sleep(0.02)
        pids = [
            connection.pgconn.backend_pid
            for connection in pool._connections
            if not connection.closed
        ]
        if pids:
            await asyncio.to_thread(end, pids[0])


@pytest.mark.parametrize("seed", range(2))
def test_server_that_keeps_hanging_up(pools: Pools, run: Run, seed: int) -> None:
    chance = random.Random(seed)

    async def scenario() -> None:
        pool, done = pools.make(3), asyncio.Event()
        ending = asyncio.create_task(keep_hanging_up(pools, pool, done))
        answered = await asyncio.gather(*(try_to_be_answered(pool, n, chance) for n in range(200)))
        done.set()
        await ending

        assert any(answered)  # how many depends on the machine
        assert pool.opened <= 3
        assert await asyncio.gather(*(number(pool, n) for n in range(9))) == list(range(9))

    run(scenario())
