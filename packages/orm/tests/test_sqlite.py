"""groundup_orm.sqlite: the habits that are changed, and many threads on one file."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundup_orm import Database, IntegrityError, OperationalError, TransactionConflict
from groundup_orm.sqlite import SQLiteDialect, complete_statements, describe_constraint


def test_files_are_in_wal_mode_and_references_checked(sqlite: Database) -> None:
    assert sqlite.fetch("PRAGMA journal_mode")["journal_mode"] == "wal"
    assert sqlite.fetch("PRAGMA foreign_keys")["foreign_keys"] == 1
    assert sqlite.fetch("PRAGMA busy_timeout")["timeout"] == 5000


def test_reader_is_not_blocked_by_a_writer(sqlite: Database) -> None:
    sqlite.execute("CREATE TABLE t (a)")
    with sqlite.transaction() as writer:
        writer.execute("INSERT INTO t VALUES (1)")

        assert sqlite.fetch("SELECT * FROM t") == []


def test_second_writer_waits(sqlite: Database) -> None:
    sqlite.execute("CREATE TABLE t (a)")
    started = threading.Event()

    def write() -> None:
        started.set()
        sqlite.execute("INSERT INTO t VALUES (2)")

    thread = threading.Thread(target=write)
    with sqlite.transaction() as writer:
        writer.execute("INSERT INTO t VALUES (1)")
        thread.start()
        started.wait(5)
    thread.join(5)

    assert sqlite.fetch("SELECT count(*) AS n FROM t")["n"] == 2


def test_lock_that_lasts_is_a_conflict(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Database(url) as one, Database(url, timeout=0.05) as other:
        one.execute("CREATE TABLE t (a)")
        with one.transaction() as writer:
            writer.execute("INSERT INTO t VALUES (1)")

            with pytest.raises(TransactionConflict, match="locked"):
                other.execute("INSERT INTO t VALUES (2)")


def test_parallel_readers_who_write_do_not_lose_updates(sqlite: Database) -> None:
    sqlite.execute("CREATE TABLE t (a INTEGER)")
    sqlite.execute("INSERT INTO t VALUES (0)")

    def add() -> None:
        for _ in range(10):
            with sqlite.transaction() as connection:
                value = connection.fetch("SELECT a FROM t")["a"]
                connection.execute("UPDATE t SET a = ?", value + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sqlite.fetch("SELECT a FROM t")["a"] == 40


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite://", ":memory:"),
        ("sqlite:///", ":memory:"),
        ("sqlite:///a.db", "a.db"),
        ("sqlite:////tmp/a.db", "/tmp/a.db"),
        ("sqlite:///with%20space.db", "with space.db"),
    ],
)
def test_addresses(url: str, path: str) -> None:
    assert SQLiteDialect(url).path == path


def test_transaction_that_sqlite_ended_itself_does_not_cost_the_data() -> None:
    with Database("sqlite://") as database:
        database.execute("CREATE TABLE t (a UNIQUE)")
        database.execute("INSERT INTO t VALUES (1)")

        with pytest.raises(IntegrityError), database.transaction() as connection:
            connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)")

        assert database.fetch("SELECT a FROM t")["a"] == 1


def test_file_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("this is not a database, and it is long enough to be sure" * 20)

    with Database(f"sqlite:///{path}") as database, pytest.raises(OperationalError, match="open"):
        database.fetch("SELECT 1")


def test_ilike_folds_all_letters(sqlite: Database) -> None:
    assert sqlite.fetch("SELECT groundup_fold(?) AS f", "ÄÖÜ")["f"] == "äöü"
    assert sqlite.fetch("SELECT groundup_fold(?) AS f", None)["f"] is None


def test_keys_of_deleted_rows_are_not_given_again(sqlite: Database) -> None:
    sqlite.execute(f"CREATE TABLE t (id {SQLiteDialect.identity})")
    sqlite.execute("INSERT INTO t DEFAULT VALUES")
    sqlite.execute("DELETE FROM t")
    sqlite.execute("INSERT INTO t DEFAULT VALUES")

    assert sqlite.fetch("SELECT id FROM t")["id"] == 2


def test_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END"

    parts = list(complete_statements(f"SELECT 1; {trigger}; SELECT 2"))

    assert len(parts) == 3
    assert "DELETE FROM c" in parts[1]


def test_unknown_constraint_is_still_an_integrity_error() -> None:
    error = describe_constraint("something else")

    assert isinstance(error, IntegrityError)
    assert error.kind == "other"


def test_errors_that_are_not_the_drivers_are_left_alone() -> None:
    dialect = SQLiteDialect("sqlite://")

    assert dialect.describe_error(KeyError("x")) is None
    assert type(dialect.describe_error(sqlite3.DatabaseError("x"))).__name__ == "DatabaseError"
    assert type(dialect.describe_error(sqlite3.OperationalError("disk I/O error"))).__name__ == (
        "OperationalError"
    )


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def work(database: Database, barrier: threading.Barrier) -> None:
        try:
            barrier.wait(5)
            database.fetch("SELECT 1")
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    for number in range(15):
        barrier = threading.Barrier(6)
        with Database(f"sqlite:///{tmp_path / f'{number}.db'}") as database:
            threads = [threading.Thread(target=work, args=(database, barrier)) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    assert errors == []


def test_no_writer_starves_among_many(sqlite: Database) -> None:
    sqlite.execute("CREATE TABLE t (a)")

    def write(number: int) -> None:
        if number % 2:
            sqlite.execute("INSERT INTO t VALUES (?)", number)
        else:
            with sqlite.transaction() as writer:
                writer.execute("INSERT INTO t VALUES (?)", number)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(400)))

    assert sqlite.fetch("SELECT count(*) AS n FROM t")["n"] == 400


def test_the_turn_to_write_comes_back_whatever_happens(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'a.db'}", timeout=0.2) as database:
        database.execute("CREATE TABLE t (a UNIQUE)")
        database.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(IntegrityError):
            database.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(IntegrityError), database.transaction() as writer:
            writer.execute("INSERT OR ROLLBACK INTO t VALUES (1)")
        with database.transaction() as writer:
            with pytest.raises(TransactionConflict, match="commit or close its session"):
                database.execute("INSERT INTO t VALUES (2)")
            with pytest.raises(TransactionConflict), database.transaction():
                pass
            assert database.fetch("SELECT a FROM t")["a"] == 1, "readers do not wait"

        assert database.execute("INSERT INTO t VALUES (3)") == 1
