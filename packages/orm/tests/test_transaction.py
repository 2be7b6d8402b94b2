"""groundup_orm.transaction: a connection is held only while it must be."""

from pathlib import Path

import pytest

from groundup_orm import Database, ProgrammingError, SessionError, TransactionConflict
from groundup_orm.transaction import Transaction


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER)")


def test_reading_holds_nothing_on_sqlite(sqlite: Database) -> None:
    transaction = Transaction(sqlite)

    transaction.run("SELECT 1", ())

    assert sqlite.pool.taken == 0


def test_reading_opens_a_transaction_on_postgresql(postgresql: Database) -> None:
    transaction = Transaction(postgresql)

    transaction.run("SELECT 1", ())

    assert postgresql.pool.taken == 1
    transaction.rollback()
    assert postgresql.pool.taken == 0


def test_commit_keeps_and_gives_back(database: Database) -> None:
    transaction = Transaction(database)

    transaction.run("INSERT INTO t VALUES (1)", (), write=True)
    assert database.pool.taken == 1
    transaction.commit()

    assert database.pool.taken == 0
    assert len(database.fetch("SELECT * FROM t")) == 1


def test_failure_must_be_rolled_back(database: Database) -> None:
    transaction = Transaction(database)
    transaction.run("INSERT INTO t VALUES (1)", (), write=True)
    with pytest.raises(ProgrammingError):
        transaction.run("SELECT x FROM nowhere", ())

    with pytest.raises(SessionError, match="after ProgrammingError"):
        transaction.run("SELECT 1", ())
    with pytest.raises(SessionError):
        transaction.commit()
    with pytest.raises(SessionError), transaction.reading():
        pass

    transaction.rollback()
    assert transaction.run("SELECT count(*) FROM t", ()).rows == [(0,)]
    transaction.rollback()


def test_failed_read_outside_of_a_transaction_spoils_nothing(sqlite: Database) -> None:
    transaction = Transaction(sqlite)
    with pytest.raises(ProgrammingError):
        transaction.run("SELECT x FROM nowhere", ())

    assert transaction.run("SELECT 1", ()).rows == [(1,)]


def test_transaction_that_does_not_begin_holds_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Database(url) as one, Database(url, timeout=0.02) as other:
        one.execute("CREATE TABLE u (a)")
        with one.transaction():
            with pytest.raises(TransactionConflict):
                Transaction(other).hold()

            assert other.pool.taken == 0


def test_savepoint_forgives(database: Database) -> None:
    transaction = Transaction(database)
    transaction.run("INSERT INTO t VALUES (1)", (), write=True)
    name = transaction.savepoint()
    with pytest.raises(ProgrammingError):
        transaction.run("SELECT x FROM nowhere", ())

    transaction.rollback_to(name)
    transaction.commit()

    assert len(database.fetch("SELECT * FROM t")) == 1
    assert transaction.depth == 0


def test_reader_sees_what_the_transaction_wrote(database: Database) -> None:
    transaction = Transaction(database)
    transaction.run("INSERT INTO t VALUES (1)", (), write=True)

    with transaction.reading() as connection:
        assert len(connection.fetch("SELECT * FROM t")) == 1

    transaction.rollback()
    transaction.rollback()  # twice is fine
    transaction.interrupt()  # nothing runs: nothing happens
