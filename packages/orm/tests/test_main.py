"""groundup_orm.__main__: migrations and plans from a shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from groundup_orm.__main__ import main


@pytest.fixture
def folder(tmp_path: Path) -> str:
    found = tmp_path / "migrations"
    found.mkdir()
    (found / "0001_first.sql").write_text(
        "-- up\nCREATE TABLE a (b INTEGER);\n-- down\nDROP TABLE a;\n"
    )
    return str(found)


def test_migrations_go_up_and_down(
    database_url: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([database_url, "status", folder]) == 0
    assert main([database_url, "upgrade", folder]) == 0
    assert main([database_url, "create", folder, "Add more"]) == 0
    assert main([database_url, "status", folder]) == 0
    assert main([database_url, "downgrade", folder]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0001 first: pending"
    assert lines[1] == "applied migration 0001 first"
    assert lines[2].endswith("0002_add_more.sql")
    assert lines[3:] == [
        "0001 first: applied",
        "0002 add_more: pending",
        "undid migration 0001 first",
    ]


def test_plan_is_shown(database_url: str, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([database_url, "upgrade", folder])

    assert main([database_url, "plan", "SELECT b FROM a"]) == 0

    assert "a" in capsys.readouterr().out.splitlines()[-1]


def test_refusal_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sqlite://", "upgrade", str(tmp_path / "missing")]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: folder of migrations must exist")
    assert captured.err.count("\n") == 1


def test_it_is_a_command(folder: str) -> None:
    command = [sys.executable, "-m", "groundup_orm", "sqlite://", "status", folder]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "0001 first: pending\n")
