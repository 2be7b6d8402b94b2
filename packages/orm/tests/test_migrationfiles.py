"""groundup_orm.migrationfiles: names, marks, and what a file must not say."""

from pathlib import Path

import pytest

from groundup_orm import Column, ForeignKey, Integer, MigrationError, Model, Registry, String
from groundup_orm.migrationfiles import draft, read_migrations


def test_files_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "0002_b.sql").write_text("-- up\nB;\n")
    (tmp_path / "0001_a.sql").write_text(
        "why it is so\n".replace("why", "-- why") + "-- up\nA;\n-- down\nC;\n"
    )
    (tmp_path / "readme.txt").write_text("not SQL")

    first, second = read_migrations(tmp_path, "sqlite")

    assert (first.version, first.name, first.up.strip()) == (1, "a", "A;")
    assert first.down is not None
    assert first.down.strip() == "C;"
    assert second.down is None
    assert str(second) == "migration 0002 b"


def test_each_database_has_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sqlite.sql").write_text("-- up\nONE;")
    (tmp_path / "0001_a.postgresql.sql").write_text("-- up\nTWO;")

    assert read_migrations(tmp_path, "sqlite")[0].up.strip() == "ONE;"
    assert read_migrations(tmp_path, "postgresql")[0].up.strip() == "TWO;"


def test_line_ends_and_spaces_do_not_change_the_checksum(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_bytes(b"-- up\r\nSELECT 1,\r\n2;\r\n")
    (tmp_path / "0002_b.sql").write_bytes(b"-- note\n-- up\nSELECT 1,\n2;\n\n-- down\nSELECT 3;")

    first, second = read_migrations(tmp_path, "sqlite")

    assert first.checksum == second.checksum


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param("1_a.sql", "-- up", "called 0001_name.sql", id="short-number"),
        pytest.param("0001-a.sql", "-- up", "called 0001_name.sql", id="dash"),
        pytest.param("0001_a.mysql.sql", "-- up", "called 0001_name.sql", id="database"),
        pytest.param("0001_a.sql", "CREATE TABLE t (a);", "one line '-- up'", id="no-mark"),
        pytest.param("0001_a.sql", "-- up\n-- up", "one line '-- up'", id="two-ups"),
        pytest.param("0001_a.sql", "-- down\n-- up", "one line '-- up'", id="wrong-order"),
        pytest.param("0001_a.sql", "DROP TABLE t;\n-- up", "after the line '-- up'", id="before"),
        pytest.param("0001_a.sql", "-- up\nCOMMIT;", "must not say COMMIT", id="commit"),
        pytest.param(
            "0001_a.sql", "-- up\nSELECT 1;/* */ begin;", "must not say BEGIN", id="begin"
        ),
        pytest.param("0001_a.sql", "-- up\n-- down\nRollback", "not say ROLLBACK", id="in-down"),
        pytest.param("0001_a.sql", "-- up\nSELECT 'a", "closed", id="open-string"),
    ],
)
def test_refuses_what_is_not_a_migration(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(MigrationError, match=message):
        read_migrations(tmp_path, "sqlite")


def test_refuses_two_of_one_number(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("-- up")
    (tmp_path / "0001_b.sql").write_text("-- up")

    with pytest.raises(MigrationError, match=r"one migration 0001, got another: 0001_b\.sql"):
        read_migrations(tmp_path, "sqlite")


def test_refuses_what_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_bytes(b"-- up\n\xff")

    with pytest.raises(MigrationError, match="UTF-8"):
        read_migrations(tmp_path, "sqlite")


def test_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="must exist"):
        read_migrations(tmp_path / "missing", "sqlite")


def test_body_of_a_trigger_may_have_an_end(tmp_path: Path) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END;"
    (tmp_path / "0001_a.sql").write_text(f"-- up\n{trigger}")

    assert read_migrations(tmp_path, "sqlite")[0].up.strip() == trigger


def test_draft_takes_the_next_number(tmp_path: Path) -> None:
    (tmp_path / "0041_old.sql").write_text("-- up")

    (path,) = draft(tmp_path, "Add avatars, please!", [])

    assert path.name == "0042_add_avatars_please.sql"
    assert path.read_text() == "-- up\n\n-- down\n"


@pytest.mark.parametrize("name", ["", "!?", "x" * 101])
def test_draft_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(MigrationError, match="1 to 100 letters"):
        draft(tmp_path, name, [])


def test_draft_of_models_has_a_file_for_each_database(tmp_path: Path) -> None:
    class Base(Model, abstract=True):
        registry = Registry()

    class User(Base):
        __tablename__ = "users"

        id = Column(Integer, primary_key=True)
        name = Column(String(20), unique=True)

    class Post(Base):
        __tablename__ = "posts"

        id = Column(Integer, primary_key=True)
        user_id = Column(Integer, ForeignKey("users.id"), index=True)

    paths = draft(tmp_path / "new", "first", [Post.__mapper__, User.__mapper__])

    assert [path.name for path in paths] == ["0001_first.sqlite.sql", "0001_first.postgresql.sql"]
    text = paths[0].read_text()
    assert text.index('CREATE TABLE IF NOT EXISTS "users"') < text.index('"posts"')
    assert text.index('DROP TABLE "posts"') < text.index('DROP TABLE "users"')
    assert "GENERATED BY DEFAULT AS IDENTITY" in paths[1].read_text()
