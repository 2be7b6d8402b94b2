"""groundup_auth.database: transactions that are whole or not at all, and wait for each other."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundup_auth.database import SQLiteDatabase, SQLiteTransaction
from groundup_auth.sql import Duplicate


def create(write: SQLiteTransaction) -> None:
    write.count("CREATE TABLE IF NOT EXISTS t (n INTEGER UNIQUE)")


@pytest.fixture
def database() -> Iterator[SQLiteDatabase]:
    database = SQLiteDatabase(":memory:", create)
    yield database
    database.close()


def count(database: SQLiteDatabase) -> int:
    found: int = database.row("SELECT count(*) FROM t")[0]
    return found


def test_an_error_takes_the_transaction_back(database: SQLiteDatabase) -> None:
    def fail() -> None:
        with database.write() as write:
            write.insert("INSERT INTO t VALUES (?)", 1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert count(database) == 0


def test_a_transaction_works_after_one_that_failed(database: SQLiteDatabase) -> None:
    with pytest.raises(sqlite3.OperationalError), database.write() as write:
        write.count("NONSENSE")
    with database.write() as write:
        write.insert("INSERT INTO t VALUES (?)", 1)

    assert count(database) == 1


def test_a_duplicate_names_its_column(database: SQLiteDatabase) -> None:
    with database.write() as write:
        write.insert("INSERT INTO t VALUES (1)")

    with pytest.raises(Duplicate, match=r"^n$"), database.write() as write:
        write.insert("INSERT INTO t VALUES (1)")


def test_threads_write_one_after_the_other(database: SQLiteDatabase) -> None:
    def add(start: int) -> None:
        for number in range(50):
            with database.write() as write:
                (before,) = write.row("SELECT count(*) FROM t")
                write.insert("INSERT INTO t VALUES (?)", start + number)
                assert write.row("SELECT count(*) FROM t")[0] == before + 1

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(database) == 200


def test_nothing_stays_open_when_the_migration_fails(tmp_path: Path) -> None:
    def fail(write: SQLiteTransaction) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        SQLiteDatabase(tmp_path / "x.db", fail)

    (tmp_path / "x.db").unlink()  # Windows would refuse it


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database, but long enough to be read as its head" * 20)

    with pytest.raises(sqlite3.DatabaseError):
        SQLiteDatabase(tmp_path / "x.db", create)
