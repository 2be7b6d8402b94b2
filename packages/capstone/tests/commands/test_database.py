"""groundup.commands.database: the tables of a site, forth and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_DATABASE_URL", f"sqlite:///{folder / 'site.db'}")


def test_a_migration_is_written_applied_shown_and_taken_back(
    run: Run, folder: Path, database: None
) -> None:
    assert "groundup db revision NAME writes the first" in run("db", "status").output

    written = run("db", "revision", "add tags")
    assert written.exit_code == 0
    path = Path(written.output.removeprefix("wrote ").strip())
    assert path.name.startswith("0001_add_tags")
    text = path.read_text()
    assert "up" in text
    assert "down" in text

    assert "0001 add_tags: pending" in run("db", "status").output
    assert run("db", "upgrade").output.endswith("1 applied\n")
    assert "0001 add_tags: applied" in run("db", "status").output
    assert run("db", "upgrade").output == "nothing to do\n"
    assert run("db", "downgrade").output.endswith("1 undone\n")
    assert "0001 add_tags: pending" in run("db", "status").output
    assert run("db", "downgrade").output == "nothing to do\n"


@pytest.mark.parametrize("command", ["status", "upgrade", "downgrade"])
def test_without_a_database_there_is_one_line(run: Run, command: str) -> None:
    result = run("db", command)

    assert result.exit_code == 2
    assert result.stderr == (
        "groundup: no database: set database_url in groundup.toml, or GROUNDUP_DATABASE_URL\n"
    )


def test_broken_sql_is_one_line_and_changes_nothing(run: Run, folder: Path, database: None) -> None:
    written = run("db", "revision", "broken").output.removeprefix("wrote ").strip()
    path = Path(written)
    path.write_text(
        path.read_text().replace("-- up", "-- up\nCREATE TABLE kept (id INTEGER);\nNONSENSE;")
    )

    result = run("db", "upgrade")

    assert result.exit_code == 2
    assert result.stderr.startswith("groundup: ")
    assert result.stderr.count("\n") == 1
    assert "0001 broken: pending" in run("db", "status").output


def test_an_unusable_database_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_DATABASE_URL", "oracle://x")

    result = run("db", "status")

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "must start with sqlite:" in result.stderr


def test_steps_are_at_least_one(run: Run, database: None) -> None:
    assert run("db", "downgrade", "--steps", "0").exit_code == 2
