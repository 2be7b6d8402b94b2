"""python -m groundup_router: a tree and a walk, and exit statuses that scripts can use."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from groundup_router.__main__ import main


def test_shows_the_tree_of_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    assert "└─ users" in capsys.readouterr().out


def test_shows_a_walk(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-X", "GET", "/a/7", "/a/:id<int>", "/a/*"]) == 0

    assert "GET /a/7\n  a " in capsys.readouterr().out


def test_shows_the_python_that_a_request_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--source", "-X", "GET", "/a/7", "/a/:id<int>"]) == 0

    assert capsys.readouterr().out.startswith("# other methods: /\ndef find(")


def test_no_route_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/nowhere"]) == 1

    assert "no route" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["/a", "a"], ["/a", "/x", "/x"], ["-r", "no-such-file"]])
def test_a_mistake_is_one_line_and_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_reads_routes_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "routes.txt").write_text("# mine\n\nGET, POST /a/:b\n", encoding="utf-8")

    assert main(["-r", str(tmp_path / "routes.txt"), "/a/1"]) == 0

    assert "route: GET,POST /a/:b" in capsys.readouterr().out


def test_reads_routes_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("/a\n"))

    assert main(["-r", "-", "/a"]) == 0

    assert "route: any /a" in capsys.readouterr().out


def test_a_terminal_with_a_small_alphabet_gets_another_drawing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)

    assert main(["/café", "/café", "/b/c"]) == 0

    assert b"|- b" in written.getvalue()
    assert b"`- caf\\xe9" in written.getvalue()


def test_runs_as_a_module() -> None:
    command = [sys.executable, "-X", "utf8", "-m", "groundup_router", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)

    assert "how /users/42 finds its route" in done.stdout
