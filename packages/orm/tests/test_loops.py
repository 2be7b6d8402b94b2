"""groundup_orm.loops: connections of one's own for each loop, none for loops that cannot watch."""

import asyncio
import gc
import os
import sys
import threading
import time
import uuid
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from groundup_orm import Database, OperationalError
from groundup_orm.loops import Loops, can_watch

Run = Callable[[Coroutine[Any, Any, Any]], Any]
CONNECTIONS = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = ?"


class Blind(BaseEventLoop):
    """A loop that cannot watch sockets, as Windows' proactor."""


class Named:
    """A database whose connections can be told from all others."""

    def __init__(self, watching: Database, address: str) -> None:
        self.name = f"test-{uuid.uuid4().hex}"
        mark = "&" if "?" in address else "?"
        self.database = Database(f"{address}{mark}application_name={self.name}")
        self._watching = watching

    def count(self) -> int:
        return int(self._watching.fetch(CONNECTIONS, self.name)["n"])

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while self.count() != count:
            assert time.monotonic() < deadline, f"{self.count()} connections, not {count}"
            time.sleep(0.005)


@pytest.fixture
def named(postgresql: Database, postgresql_address: str) -> Iterator[Named]:
    found = Named(postgresql, postgresql_address)
    yield found
    if hasattr(found, "database"):
        found.database.close()


def cannot(loop: object) -> bool:
    del loop
    return False


def loops_of(database: Database) -> Loops:
    assert database._loops is not None
    return database._loops


def pid_of(rows: Any) -> int:
    return int(rows["pid"])


def test_loops_of_unix_can_watch(run: Run) -> None:
    async def scenario() -> bool:
        return can_watch(asyncio.get_running_loop())

    assert run(scenario())


def test_loop_that_has_only_what_all_inherit_cannot_watch() -> None:
    loop = Blind()

    assert not can_watch(loop)
    loop.close()


def test_threads_do_what_a_loop_cannot(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        monkeypatch.setattr("groundup_orm.loops.can_watch", cannot)

        assert loops_of(postgresql).here() is None
        assert await postgresql.query("SELECT ? AS a", 7) == [{"a": 7}]
        assert await postgresql.query_one("SELECT ? AS a", 7) == {"a": 7}
        assert await postgresql.execute_async("SELECT 1") == 1
        assert postgresql.pool.idle == 1

    asyncio.run(scenario())


def test_sqlite_has_no_connections(sqlite: Database) -> None:
    assert sqlite._loops is None


def test_one_loop_after_the_other(named: Named, run: Run) -> None:
    for _ in range(3):
        assert run(named.database.query("SELECT 7 AS a"))["a"] == 7
        # The connection of a loop that was closed is closed when the next loop comes.
        named.wait_for(1)


def test_two_loops_at_once_have_their_own_connections(postgresql: Database) -> None:
    pids: list[set[int]] = []
    both = threading.Barrier(2)

    async def scenario() -> None:
        found = {pid_of(await postgresql.query("SELECT pg_backend_pid() AS pid"))}
        await asyncio.to_thread(both.wait, 10)
        for _ in range(50):
            found.add(pid_of(await postgresql.query("SELECT pg_backend_pid() AS pid")))
        pids.append(found)

    threads = [threading.Thread(target=asyncio.run, args=(scenario(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert [len(found) for found in pids] == [1, 1]
    assert pids[0] != pids[1]


def test_closing_ends_all_connections(named: Named, run: Run) -> None:
    async def scenario() -> None:
        with named.database as database:
            await asyncio.gather(*(database.query("SELECT 1") for _ in range(5)))
            assert named.count() >= 1
        with pytest.raises(OperationalError, match="database is closed"):
            await database.query("SELECT 1")

    run(scenario())

    named.wait_for(0)


def test_closing_after_the_loop_ends_its_connections(named: Named, run: Run) -> None:
    with named.database as database:
        run(database.query("SELECT 1"))
        assert named.count() == 1

    named.wait_for(0)


def test_closing_stops_what_was_just_cancelled(named: Named, run: Run) -> None:
    async def scenario() -> None:
        with named.database as database:
            await database.query("SELECT 1")
            tasks = [asyncio.create_task(database.query("SELECT pg_sleep(30)")) for _ in range(3)]
            while named.count() < 3:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.005)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    run(scenario())
    gc.collect()  # a connection that was not closed would warn now

    named.wait_for(0)


def test_closing_while_queries_run(named: Named, run: Run) -> None:
    async def scenario() -> None:
        database = named.database
        await database.query("SELECT 1")
        running = asyncio.create_task(database.query("SELECT 7 AS a FROM pg_sleep(0.2)"))
        await asyncio.sleep(0.01)

        database.close()

        assert (await running)["a"] == 7
        with pytest.raises(OperationalError, match="database is closed"):
            await database.query("SELECT 1")

    run(scenario())

    named.wait_for(0)


def test_loop_that_ends_in_the_middle_of_queries(named: Named, run: Run) -> None:
    async def scenario() -> None:
        await named.database.query("SELECT 1")
        tasks = {
            asyncio.create_task(named.database.query("SELECT pg_sleep(?)", 30)) for _ in range(20)
        }
        await asyncio.wait(tasks, timeout=0.05)

    run(scenario())  # which cancels them all, and waits for none
    named.database.close()
    gc.collect()

    named.wait_for(0)


def test_forgotten_database_hangs_up(named: Named) -> None:
    asyncio.run(named.database.query("SELECT 1"))
    assert named.count() == 1

    del named.database
    gc.collect()

    named.wait_for(0)


def test_closed_before_any_loop_came(postgresql_address: str) -> None:
    database = Database(postgresql_address)
    database.close()

    with pytest.raises(OperationalError, match="database is closed"):
        asyncio.run(database.query("SELECT 1"))


async def test_unreachable_server_is_named_without_its_password() -> None:
    with (
        Database("postgresql://user:s3cret@127.0.0.1:1/name", timeout=2) as database,
        pytest.raises(OperationalError, match=r"cannot open postgresql://user:\*\*\*@") as caught,
    ):
        await database.query("SELECT 1")

    assert "s3cret" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_opens_its_own(postgresql: Database) -> None:
    loop = asyncio.new_event_loop()
    query = "SELECT pg_backend_pid() AS pid"
    mine = loop.run_until_complete(postgresql.query(query))
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        theirs = asyncio.run(asyncio.wait_for(postgresql.query(query), 10))
        postgresql.close()
        os._exit(0 if theirs != mine else 1)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert loop.run_until_complete(postgresql.query(query)) == mine
    postgresql.close()
    loop.close()


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_that_only_closes_leaves_the_parent_s_connections(
    postgresql: Database,
) -> None:
    loop = asyncio.new_event_loop()
    query = "SELECT pg_backend_pid() AS pid"
    mine = loop.run_until_complete(postgresql.query(query))
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        loops_of(postgresql).close()
        os._exit(0)

    os.waitpid(child, 0)

    assert loop.run_until_complete(postgresql.query(query)) == mine
    postgresql.close()
    loop.close()


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_does_not_take_connections_from_an_inherited_loop(
    postgresql: Database,
) -> None:
    async def find() -> Any:
        return loops_of(postgresql).here()

    loop = asyncio.new_event_loop()
    mine = loop.run_until_complete(find())
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        os._exit(0 if loop.run_until_complete(find()) is not mine else 1)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert loop.run_until_complete(find()) is mine
    postgresql.close()
    loop.close()
