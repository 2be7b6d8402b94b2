"""groundup_orm.pool: never too many, never the same twice, never a dirty one."""

import os
import sys
import threading
import time
from typing import Any

import pytest

from groundup_orm import Database, DatabaseError, OperationalError, PoolTimeout
from groundup_orm.pool import Pool


def test_connection_is_used_again(database: Database) -> None:
    with database.pool.lend() as first:
        pass
    with database.pool.lend() as second:
        pass

    assert first is second
    assert (database.pool.taken, database.pool.idle) == (0, 1)


def test_waiting_for_a_connection_ends(database_url: str) -> None:
    with Database(database_url, pool_size=2, pool_timeout=0.05) as database:
        one, two = database.pool.acquire(), database.pool.acquire()

        with pytest.raises(PoolTimeout, match=r"in 0.05 seconds, all 2 are lent"):
            database.pool.acquire()

        database.pool.release(one)
        database.pool.release(two)
        assert database.fetch("SELECT 1 AS one")["one"] == 1


def test_waiting_ends_when_one_comes_back(database_url: str) -> None:
    with Database(database_url, pool_size=1, pool_timeout=5) as database:
        held = database.pool.acquire()
        found: list[Any] = []
        waiter = threading.Thread(target=lambda: found.append(database.fetch("SELECT 1 AS one")))
        waiter.start()

        database.pool.release(held)
        waiter.join(5)

        assert found == [[{"one": 1}]]


def test_transaction_that_was_begun_by_hand_is_not_lent(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER)")

    database.execute("BEGIN")
    database.execute("INSERT INTO t VALUES (1)")

    with database.pool.lend() as connection:
        connection.begin()  # which a connection within a transaction would refuse
        assert connection.fetch("SELECT count(*) AS n FROM t")["n"] == 1


def test_lost_connection_is_asked_nothing_more(postgresql: Database) -> None:
    with postgresql.record() as runs, pytest.raises(OperationalError):
        postgresql.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert len(runs) == 1


def test_what_is_left_of_a_transaction_is_rolled_back(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER)")
    with database.pool.lend() as connection:
        connection.begin()
        connection.execute("INSERT INTO t VALUES (1)")

    assert database.fetch("SELECT * FROM t") == []
    assert database.pool.taken == 0


def test_giving_back_twice_counts_once(database: Database) -> None:
    connection = database.pool.acquire()

    database.pool.release(connection)
    database.pool.release(connection)

    assert (database.pool.taken, database.pool.idle) == (0, 1)


def test_failure_to_connect_frees_the_place() -> None:
    def connect() -> Any:
        raise OperationalError("no")

    pool = Pool(connect, size=1, timeout=0.1)

    for _ in range(3):
        with pytest.raises(OperationalError, match="no"):
            pool.acquire()
    assert pool.taken == 0


def test_old_connections_are_replaced(database_url: str) -> None:
    with Database(database_url, pool_recycle=0.01) as database:
        with database.pool.lend() as first:
            pass
        time.sleep(0.02)
        with database.pool.lend() as second:
            pass

        assert first is not second


def test_lost_connection_is_replaced(postgresql: Database) -> None:
    with postgresql.pool.lend() as lost:
        process = lost.fetch("SELECT pg_backend_pid() AS pid")["pid"]
    with Database(postgresql.dialect.url) as other:  # type: ignore[attr-defined]  # PostgreSQL's
        other.fetch("SELECT pg_terminate_backend(?)", process)
        deadline = time.monotonic() + 5
        while other.fetch("SELECT 1 FROM pg_stat_activity WHERE pid = ?", process):
            assert time.monotonic() < deadline

    assert postgresql.fetch("SELECT 1 AS one")["one"] == 1


def test_connection_lost_while_it_is_used_is_not_lent_again(postgresql: Database) -> None:
    with postgresql.pool.lend() as connection, pytest.raises(DatabaseError):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert postgresql.pool.idle == 0
    assert postgresql.fetch("SELECT 1 AS one")["one"] == 1


def test_closed_pool_lends_nothing(database: Database) -> None:
    held = database.pool.acquire()
    database.close()

    with pytest.raises(OperationalError, match="closed"):
        database.fetch("SELECT 1")
    database.pool.release(held)
    assert (database.pool.taken, database.pool.idle) == (0, 0)


def test_size_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Pool(lambda: None, size=0)  # type: ignore[arg-type, return-value]  # never called


def test_many_threads_share_few_connections(database_url: str) -> None:
    with Database(database_url, pool_size=3, pool_timeout=10) as database:
        most = 0
        counted = threading.Lock()

        def work() -> None:
            nonlocal most
            for _ in range(20):
                with database.pool.lend() as connection:
                    with counted:
                        most = max(most, database.pool.taken)
                    connection.fetch("SELECT 1")

        threads = [threading.Thread(target=work) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert most <= 3
        assert database.pool.taken == 0


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_opens_its_own(database: Database) -> None:
    database.fetch("SELECT 1")
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        inherited = list(database.pool._idle)
        with database.pool.lend() as connection:
            own = connection not in inherited and connection.fetch("SELECT 7 AS n")["n"] == 7
        os._exit(0 if own else 1)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert database.fetch("SELECT 1 AS one")["one"] == 1
