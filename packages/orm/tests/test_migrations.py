"""groundup_orm.migrations: applied once, as a whole, in order, by one runner at a time."""

import threading
from pathlib import Path

import pytest

from groundup_orm import (
    Column,
    Database,
    Integer,
    MigrationError,
    Migrator,
    Model,
    ProgrammingError,
    Registry,
    Session,
    String,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "migrations"
    found.mkdir()
    write(found, 1, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);", "DROP TABLE users;")
    write(found, 2, "ALTER TABLE users ADD email TEXT;", "ALTER TABLE users DROP email;")
    return found


@pytest.fixture
def migrator(database: Database, folder: Path) -> Migrator:
    return Migrator(database, folder)


def write(folder: Path, number: int, up: str, down: str | None = None) -> None:
    text = f"-- up\n{up}\n" + (f"-- down\n{down}\n" if down is not None else "")
    (folder / f"{number:04d}_step.sql").write_text(text)


def states(migrator: Migrator) -> list[str]:
    return [state.state for state in migrator.status()]


def test_upgrade_applies_all_once(migrator: Migrator) -> None:
    assert states(migrator) == ["pending", "pending"]

    assert [migration.version for migration in migrator.upgrade()] == [1, 2]

    assert states(migrator) == ["applied", "applied"]
    assert migrator.upgrade() == []
    assert migrator.pending() == []
    migrator.database.execute("INSERT INTO users VALUES (1, 'alice', 'a@example.com')")


def test_status_tells_when(migrator: Migrator) -> None:
    migrator.upgrade(to=1)

    first, second = migrator.status()

    assert str(first) == "0001 step: applied"
    assert first.applied_at is not None
    assert first.applied_at.tzinfo is not None
    assert second.applied_at is None


def test_status_changes_nothing(database: Database, migrator: Migrator) -> None:
    migrator.status()

    with pytest.raises(ProgrammingError):
        database.fetch("SELECT * FROM groundup_migrations")


def test_downgrade_undoes_the_last(migrator: Migrator) -> None:
    migrator.upgrade()

    assert [migration.version for migration in migrator.downgrade()] == [2]
    assert states(migrator) == ["applied", "pending"]
    assert [migration.version for migration in migrator.downgrade(5)] == [1]
    assert migrator.downgrade() == []
    migrator.upgrade()
    assert [migration.version for migration in migrator.downgrade(to=0)] == [2, 1]
    with pytest.raises(ValueError, match="at least 1"):
        migrator.downgrade(0)


def test_failure_half_way_undoes_that_migration_alone(
    database: Database, folder: Path, migrator: Migrator
) -> None:
    write(folder, 3, "CREATE TABLE a (b INTEGER); INSERT INTO users (id) VALUES (9); BROKEN;")

    with pytest.raises(MigrationError, match="migration 0003 step failed and was undone") as caught:
        migrator.upgrade()

    assert isinstance(caught.value.__cause__, ProgrammingError)
    assert states(migrator) == ["applied", "applied", "pending"]
    assert database.fetch("SELECT * FROM users") == []
    with pytest.raises(ProgrammingError):
        database.fetch("SELECT * FROM a")
    write(folder, 3, "CREATE TABLE a (b INTEGER);")
    migrator.upgrade()
    assert states(migrator) == ["applied"] * 3


def test_failure_on_the_way_down_undoes_it(folder: Path, migrator: Migrator) -> None:
    write(folder, 3, "CREATE TABLE a (b INTEGER);", "DROP TABLE a; BROKEN;")
    migrator.upgrade()

    with pytest.raises(MigrationError, match="failed"):
        migrator.downgrade()

    assert states(migrator) == ["applied"] * 3
    assert migrator.database.fetch("SELECT * FROM a") == []


def test_changed_file_is_found(folder: Path, migrator: Migrator) -> None:
    migrator.upgrade(to=1)
    write(folder, 1, "CREATE TABLE users (id INTEGER);")

    assert states(migrator) == ["changed", "pending"]
    with pytest.raises(MigrationError, match="must stay as it was applied"):
        migrator.upgrade()


def test_missing_file_is_found(folder: Path, migrator: Migrator) -> None:
    migrator.upgrade()
    (folder / "0002_step.sql").unlink()

    assert states(migrator) == ["applied", "missing"]
    with pytest.raises(MigrationError, match="0002 step must exist"):
        migrator.downgrade()


def test_late_number_is_refused(folder: Path, migrator: Migrator) -> None:
    (folder / "0002_step.sql").rename(folder / "0005_step.sql")
    migrator.upgrade()
    write(folder, 4, "CREATE TABLE late (a INTEGER);")

    with pytest.raises(MigrationError, match="got 0004 step: give it the next number"):
        migrator.upgrade()


def test_migration_without_a_way_down_stays(folder: Path, migrator: Migrator) -> None:
    write(folder, 3, "CREATE TABLE a (b INTEGER);")
    migrator.upgrade()

    with pytest.raises(MigrationError, match="'-- down'"):
        migrator.downgrade()

    assert states(migrator) == ["applied"] * 3


def test_empty_migration_is_applied(folder: Path, migrator: Migrator) -> None:
    write(folder, 3, "-- nothing to do", "")

    migrator.upgrade()

    assert [migration.version for migration in migrator.downgrade()] == [3]


def test_runners_wait_for_each_other(database_url: str, folder: Path) -> None:
    for number in range(3, 8):
        write(
            folder,
            number,
            f"CREATE TABLE t{number} (a INTEGER); INSERT INTO users (id) VALUES ({number});",
        )
    done: list[int] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with Database(database_url, timeout=20) as own:
                done.extend(migration.version for migration in Migrator(own, folder).upgrade())
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(done) == [1, 2, 3, 4, 5, 6, 7]


TWO_TABLES = """
CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (a_id REFERENCES a ON DELETE CASCADE);
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (1);
"""
REBUILD = """
CREATE TABLE new (id INTEGER PRIMARY KEY, more TEXT);
INSERT INTO new (id) SELECT id FROM a;
DROP TABLE a;
ALTER TABLE new RENAME TO a;
"""


def test_sqlite_may_rebuild_a_table_that_others_refer_to(sqlite: Database, tmp_path: Path) -> None:
    write(tmp_path, 1, TWO_TABLES)
    write(tmp_path, 2, REBUILD)

    Migrator(sqlite, tmp_path).upgrade()

    assert len(sqlite.fetch("SELECT * FROM b")) == 1
    assert sqlite.fetch("PRAGMA foreign_keys")["foreign_keys"] == 1


def test_sqlite_migration_must_leave_references_whole(sqlite: Database, tmp_path: Path) -> None:
    write(tmp_path, 1, TWO_TABLES)
    write(tmp_path, 2, "INSERT INTO b VALUES (7);")
    migrator = Migrator(sqlite, tmp_path)

    with pytest.raises(MigrationError, match="row 2 of b refers to no a"):
        migrator.upgrade()

    assert states(migrator) == ["applied", "pending"]


def test_tables_of_models_come_from_a_draft(database: Database, tmp_path: Path) -> None:
    class Fruit(Model):
        __tablename__ = "fruits"
        registry = Registry()

        id = Column(Integer, primary_key=True)
        name = Column(String(20), unique=True, index=True)

    migrator = Migrator(database, tmp_path / "drafts")
    migrator.create("create fruits", Fruit)
    migrator.upgrade()

    with Session(database) as session:
        session.add(Fruit(name="apple"))
        session.commit()
    migrator.downgrade()
    with pytest.raises(ProgrammingError):
        database.fetch("SELECT * FROM fruits")
