"""groundup_orm.connection: plain SQL, transactions, and who is told what was run."""

import logging

import pytest

from groundup_orm import Database, IntegrityError, OperationalError, ProgrammingError, StatementRun


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER UNIQUE)")


def numbers(database: Database) -> list[int]:
    return [row["a"] for row in database.fetch("SELECT a FROM t ORDER BY a")]


def test_rows_changed_are_counted(database: Database) -> None:
    assert database.execute("INSERT INTO t VALUES (?), (?)", 1, 2) == 2
    assert database.execute("UPDATE t SET a = a + 10") == 2
    assert database.execute("DELETE FROM t WHERE a = ?", 11) == 1


def test_savepoints_undo_their_part(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        connection.savepoint('sp"; DROP TABLE t; --')
        connection.execute("INSERT INTO t VALUES (2)")
        connection.rollback_to('sp"; DROP TABLE t; --')
        connection.savepoint("kept")
        connection.execute("INSERT INTO t VALUES (3)")
        connection.release("kept")

    assert numbers(database) == [1, 3]


def test_broken_transaction_is_not_said_to_be_committed(postgresql: Database) -> None:
    def go_on_after_an_error() -> None:
        with postgresql.transaction() as connection:
            connection.execute("CREATE TABLE u (a INTEGER UNIQUE)")
            connection.execute("INSERT INTO u VALUES (1)")
            with pytest.raises(IntegrityError):
                connection.execute("INSERT INTO u VALUES (1)")

    with pytest.raises(OperationalError, match="must be rolled back"):
        go_on_after_an_error()

    with pytest.raises(ProgrammingError):
        postgresql.fetch("SELECT * FROM u")


def test_listeners_hear_of_every_statement(database: Database) -> None:
    with database.record() as runs:
        database.execute("INSERT INTO t VALUES (?)", 7)
        database.fetch("SELECT a FROM t")
    database.fetch("SELECT 1")

    assert [(run.parameters, run.rows, run.error) for run in runs] == [
        ((7,), 1, None),
        ((), 1, None),
    ]
    assert all(run.seconds > 0 for run in runs)
    assert "7" not in repr(runs[0]).partition("[")[0]


def test_listeners_hear_of_errors(database: Database) -> None:
    heard: list[StatementRun] = []
    database.add_listener(heard.append)

    with pytest.raises(ProgrammingError):
        database.fetch("SELECT nothing FROM nowhere")
    database.remove_listener(heard.append)
    database.fetch("SELECT 1")

    (run,) = heard
    assert str(run).startswith("SELECT nothing FROM nowhere [0 rows, ")
    assert str(run).endswith(" ms, ProgrammingError]")
    assert isinstance(run.error, ProgrammingError)


def test_log_has_statements_without_values(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="groundup_orm.sql"):
        database.execute("INSERT INTO t VALUES (?)", 4711)

    assert "INSERT INTO t" in caplog.text
    assert "4711" not in caplog.text


def test_errors_keep_their_cause(database: Database) -> None:
    with pytest.raises(ProgrammingError) as caught:
        database.fetch("SELEC")

    assert caught.value.__cause__ is not None


def test_connection_that_cannot_roll_back_is_not_used_again(postgresql: Database) -> None:
    with postgresql.pool.lend() as connection:
        connection.begin()
        connection.raw.close()

    assert connection.broken
    assert postgresql.pool.idle == 0
    assert postgresql.fetch("SELECT 1 AS one")["one"] == 1


@pytest.mark.parametrize("count", [0, 2])
def test_number_of_values_must_fit(database: Database, count: int) -> None:
    with pytest.raises(ProgrammingError):
        database.fetch("SELECT ?", *range(count))
