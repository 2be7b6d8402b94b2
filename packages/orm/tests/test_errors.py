"""groundup_orm.errors: the tree, and what a stranger would catch."""

import pytest

from groundup_orm import (
    Database,
    DatabaseError,
    IntegrityError,
    MappingError,
    MultipleResultsFound,
    NoResultFound,
    OperationalError,
    OrmError,
    PoolTimeout,
    ProgrammingError,
    SessionError,
    StaleDataError,
    TransactionConflict,
    ValidationError,
)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ValidationError, ValueError),
        (MappingError, TypeError),
        (NoResultFound, LookupError),
        (MultipleResultsFound, LookupError),
        (SessionError, RuntimeError),
        (StaleDataError, SessionError),
        (PoolTimeout, TimeoutError),
        (TransactionConflict, OperationalError),
        (IntegrityError, DatabaseError),
    ],
)
def test_errors_are_what_a_stranger_would_catch(
    error: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(error, builtin)
    assert issubclass(error, OrmError)


def test_statement_is_kept_and_values_are_not(database: Database) -> None:
    with pytest.raises(ProgrammingError) as caught:
        database.fetch("SELECT * FROM nowhere WHERE password = ?", "hunter2")

    assert caught.value.sql is not None
    assert "nowhere" in caught.value.sql
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value)


def test_unique_violation_names_table_and_columns(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER, b INTEGER, UNIQUE (a, b))")
    database.execute("INSERT INTO t VALUES (1, 2)")

    with pytest.raises(IntegrityError) as caught:
        database.execute("INSERT INTO t VALUES (1, 2)")

    assert caught.value.kind == "unique"
    assert caught.value.table == "t"
    assert caught.value.columns == ("a", "b")


@pytest.mark.parametrize(
    ("definition", "values", "kind"),
    [
        pytest.param("a INTEGER PRIMARY KEY, b INTEGER", "(1, 1)", "unique", id="primary-key"),
        pytest.param("a INTEGER, b INTEGER NOT NULL", "(1, NULL)", "not null", id="not-null"),
        pytest.param("a INTEGER, b INTEGER CHECK (b > 5)", "(1, 1)", "check", id="check"),
        pytest.param(
            "a INTEGER, b INTEGER REFERENCES parent (id)", "(1, 9)", "foreign key", id="foreign-key"
        ),
    ],
)
def test_constraints_are_told_apart(
    database: Database, definition: str, values: str, kind: str
) -> None:
    database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    database.execute(f"CREATE TABLE t ({definition})")
    if kind == "unique":
        database.execute(f"INSERT INTO t VALUES {values}")

    with pytest.raises(IntegrityError) as caught:
        database.execute(f"INSERT INTO t VALUES {values}")

    assert caught.value.kind == kind
