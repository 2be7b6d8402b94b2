"""groundup_orm.postgresql: placeholders, times, conflicts, and addresses without secrets."""

import threading

import pytest

from groundup_orm import Database, IntegrityError, ProgrammingError, TransactionConflict
from groundup_orm.postgresql import PostgreSQLDialect


def test_percent_signs_are_percent_signs(postgresql: Database) -> None:
    found = postgresql.fetch("SELECT '100%' AS a, 7 % 4 AS b, ?::text AS c", "%s")

    assert found[0] == {"a": "100%", "b": 3, "c": "%s"}


def test_question_mark_operators(postgresql: Database) -> None:
    found = postgresql.fetch("""SELECT '{"a": 1}'::jsonb ?? ? AS has""", "a")

    assert found["has"] is True


def test_dictionaries_are_json(postgresql: Database) -> None:
    assert postgresql.fetch("SELECT ?::jsonb ->> 'a' AS a", {"a": "b"})["a"] == "b"


def test_connections_speak_utc(postgresql: Database) -> None:
    assert postgresql.fetch("SHOW timezone")["TimeZone"] == "UTC"


def test_options_of_the_address_are_kept(postgresql_address: str) -> None:
    mark = "&" if "?" in postgresql_address else "?"
    url = f"{postgresql_address}{mark}options=-c%20statement_timeout%3D77"
    with Database(url) as database:
        assert database.fetch("SHOW statement_timeout")["statement_timeout"] == "77ms"
        assert database.fetch("SHOW timezone")["TimeZone"] == "UTC"


def test_wrong_number_of_values_is_told_before_it_is_sent(postgresql: Database) -> None:
    with (
        postgresql.record() as runs,
        pytest.raises(ProgrammingError, match="2 placeholders, got 1"),
    ):
        postgresql.fetch("SELECT ?, ?", 1)

    assert runs == []


def test_deadlock_is_a_conflict(postgresql: Database) -> None:
    postgresql.execute("CREATE TABLE t (id INTEGER, a INTEGER)")
    postgresql.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def work(first: int, second: int) -> None:
        try:
            with postgresql.transaction() as connection:
                connection.execute("SET LOCAL deadlock_timeout = '20ms'")
                connection.execute("UPDATE t SET a = a + 1 WHERE id = ?", first)
                barrier.wait(5)
                connection.execute("UPDATE t SET a = a + 1 WHERE id = ?", second)
            outcomes.append("done")
        except TransactionConflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=work, args=pair) for pair in [(1, 2), (2, 1)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(outcomes) == ["conflict", "done"]


def test_not_null_names_the_column(postgresql: Database) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER NOT NULL)")

    with pytest.raises(IntegrityError) as caught:
        postgresql.execute("INSERT INTO t VALUES (NULL)")

    assert (caught.value.kind, caught.value.columns) == ("not null", ("a",))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:s3cret@host/name",
        "postgresql://user@host/name?password=s3cret&x=1",
        "postgresql://user:s3cret@/name?host=/tmp",
        "postgresql://:s3cret@host/name",
    ],
)
def test_password_is_not_shown(url: str) -> None:
    assert "s3cret" not in PostgreSQLDialect(url).safe_url


def test_plans_are_lines_with_depths() -> None:
    dialect = PostgreSQLDialect("")
    rows = [("Sort  (cost=1)",), ("  ->  Seq Scan on t",), ("        Filter: (a = 1)",)]

    assert dialect.plan(rows) == [
        (0, "Sort  (cost=1)"),
        (1, "Seq Scan on t"),
        (2, "Filter: (a = 1)"),
    ]


def test_plan_that_does_not_fit_the_table_any_more_is_made_anew(postgresql: Database) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER)")
    postgresql.execute("INSERT INTO t VALUES (1)")
    with postgresql.pool.lend() as connection:
        for _ in range(7):
            assert connection.fetch("SELECT * FROM t") == [{"a": 1}]

        postgresql.execute("ALTER TABLE t ADD b TEXT DEFAULT 'x'")  # by another connection

        for _ in range(7):
            assert connection.fetch("SELECT * FROM t") == [{"a": 1, "b": "x"}]


def test_wrong_plan_in_a_transaction_is_a_conflict_that_may_be_run_again(
    postgresql: Database,
) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER)")
    with postgresql.pool.lend() as connection:
        for _ in range(7):
            connection.fetch("SELECT * FROM t")
        postgresql.execute("ALTER TABLE t ADD b TEXT")

        connection.begin()
        with pytest.raises(TransactionConflict):
            connection.fetch("SELECT * FROM t")
        connection.rollback()

        connection.begin()
        assert connection.fetch("SELECT * FROM t") == []
        connection.commit()


def test_plans_that_somebody_discarded_are_made_anew(postgresql: Database) -> None:
    with postgresql.pool.lend() as connection:
        for _ in range(7):
            connection.fetch("SELECT ?::int AS a", 7)
        connection.raw.pgconn.exec_(b"DISCARD ALL")

        for _ in range(7):
            assert connection.fetch("SELECT ?::int AS a", 7)["a"] == 7


def test_copying_is_refused_and_the_connection_not_lent_again(postgresql: Database) -> None:
    postgresql.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(ProgrammingError, match="COPY"):
        postgresql.execute("COPY t FROM STDIN")

    assert postgresql.fetch("SELECT 1 AS one")["one"] == 1
