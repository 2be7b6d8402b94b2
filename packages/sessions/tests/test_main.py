"""python -m groundup_sessions: what it shows of a folder, and what it never shows."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundup_sessions import SessionManager
from groundup_sessions.__main__ import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


@pytest.fixture
def session_id(folder: Path) -> str:
    return SessionManager("file", directory=folder).create({"user_id": 42, "card": "4111"})


def test_a_session_is_listed_by_the_names_of_its_values(
    folder: Path, session_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(folder)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "used 0s ago   ends in 11h 59m   card, user_id   19 bytes" in lines[0]
    assert lines[1] == "1 sessions"
    assert "4111" not in lines[0]
    assert session_id not in lines[0]


def test_dead_ones_are_shown_and_purged(
    folder: Path, session_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = folder.glob("??/*.json")
    hours_ago = time.time() - 7200
    os.utime(path, (hours_ago, hours_ago))

    main(["list", str(folder)])
    assert "used 2h 0m ago   dead" in capsys.readouterr().out
    assert main(["purge", str(folder), "--idle", "9000"]) == 0
    assert capsys.readouterr().out == "removed 0 dead sessions\n"
    assert main(["purge", str(folder)]) == 0
    assert capsys.readouterr().out == "removed 1 dead sessions\n"


def test_a_folder_that_is_not_there_is_one_line_and_is_not_made(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(folder)]) == 1

    assert capsys.readouterr().err.startswith("folder must be there")
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_folder_of_everybody_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    assert main(["list", str(folder)]) == 1
    assert "chmod 700" in capsys.readouterr().err


def test_it_runs_as_a_module_and_its_help_teaches() -> None:
    command = [sys.executable, "-m", "groundup_sessions", "--help"]

    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "examples:" in result.stdout
