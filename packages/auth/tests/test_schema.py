"""groundup_auth.schema: steps are taken once, and a later version is not touched."""

from pathlib import Path

import pytest

from groundup_auth import ConfigurationError, Identifier, SQLiteStore
from groundup_auth.database import SQLiteDatabase, SQLiteTransaction
from groundup_auth.schema import SQLITE, STEPS, migrate


def version(path: Path) -> int:
    database = SQLiteDatabase(path, lambda write: None)
    found: int = database.row("SELECT version FROM auth_schema")[0]
    database.close()
    return found


def test_the_version_counts_the_steps(tmp_path: Path) -> None:
    path = tmp_path / "users.db"

    for _ in range(2):
        SQLiteStore(path).close()

    assert version(path) == len(STEPS)


def test_a_step_that_is_missing_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users.db"
    with SQLiteStore(path) as store:
        store.add_user(Identifier("a@x.example", "a@x.example"), None, "hash")
    steps = (*STEPS, ("ALTER TABLE auth_users ADD COLUMN nick TEXT",))
    monkeypatch.setattr("groundup_auth.schema.STEPS", steps)

    with SQLiteStore(path) as store:
        row = store._database.row("SELECT nick FROM auth_users")

    assert row == (None,)
    assert version(path) == len(STEPS) + 1


def test_a_database_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    SQLiteStore(path).close()

    def raise_version(write: SQLiteTransaction) -> None:
        write.count("UPDATE auth_schema SET version = 99")

    SQLiteDatabase(path, raise_version).close()

    with pytest.raises(ConfigurationError, match="got 99: upgrade groundup-auth"):
        SQLiteStore(path)


def test_the_tables_stand_beside_those_of_an_application(tmp_path: Path) -> None:
    def create(write: SQLiteTransaction) -> None:
        write.count("CREATE TABLE users (id INTEGER)")
        write.count("CREATE TABLE sessions (id INTEGER)")
        migrate(write, SQLITE)

    SQLiteDatabase(tmp_path / "app.db", create).close()
