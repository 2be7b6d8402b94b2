"""groundup.commands.new: what it begins runs, answers, and passes its own test."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_the_new_site_passes_its_own_test_and_answers(run: Run, folder: Path) -> None:
    result = run("new", "my-site")

    assert result.exit_code == 0
    assert "Now: cd my-site && groundup start app --reload" in result.output
    site = folder / "my-site"
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "1 passed" in tested.stdout
    traced = subprocess.run(
        [sys.executable, "-m", "groundup", "trace", "GET", "/?name=%3Cb%3E", "app"],
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "200 OK" in traced.stdout


def test_the_name_is_in_the_page(run: Run, folder: Path) -> None:
    run("new", "garden")

    assert "<title>garden</title>" in (folder / "garden/templates/home.html").read_text()


def test_an_empty_folder_is_taken(run: Run, folder: Path) -> None:
    (folder / "site").mkdir()

    assert run("new", "site").exit_code == 0


def test_what_is_there_is_left_alone(run: Run, folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site" / "app.py").write_text("mine")
    (folder / "file").write_text("mine")

    for name in ("site", "file"):
        result = run("new", name)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"groundup: {name} is there already")
    assert (folder / "site" / "app.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["9lives", "a b", "..", "-x", "é"])
def test_a_name_is_letters_and_digits(run: Run, folder: Path, name: str) -> None:
    assert run("new", "--", name).exit_code == 2
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, folder: Path) -> None:
    (folder / "file").write_text("")

    result = run("new", "file/site")

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "cannot be written" in result.stderr
