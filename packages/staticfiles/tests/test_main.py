"""python -m groundup_staticfiles."""

import subprocess
import sys
from pathlib import Path

import pytest

from groundup_staticfiles.__main__ import main


def test_prints_the_answer_and_why(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([str(site), "/style.css?v=1", "-H", "Range: bytes=0-9"])

    printed = capsys.readouterr().out
    assert status == 0
    assert "HTTP/1.1 206 Partial Content\n" in printed
    assert "Content-Range: bytes 0-9/6300\n" in printed


@pytest.mark.parametrize(
    ("folder", "header", "message"),
    [("missing", "A: b", "directory must exist"), (".", "a b: c", "must be a token")],
)
def test_a_mistake_is_one_line(
    site: Path, capsys: pytest.CaptureFixture[str], folder: str, header: str, message: str
) -> None:
    assert main([str(site / folder), "/", "-H", header]) == 2

    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert message in error


def test_runs_as_a_module(site: Path) -> None:
    command = [sys.executable, "-m", "groundup_staticfiles", str(site), "/", "--method", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)

    assert "HTTP/1.1 200 OK" in done.stdout


def test_collects_and_tells_what_is_missing(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "a.css").write_text("a { b: url(x.png) }")

    status = main([str(site), "--collect", str(tmp_path / "public")])

    printed = capsys.readouterr()
    assert status == 0
    assert printed.out.startswith("8 files collected to ")
    assert printed.err == "warning: no such file: a.css: x.png\n"
    assert (tmp_path / "public" / "a.css").exists()


def test_either_a_path_or_a_target_is_given(site: Path) -> None:
    for arguments in ([str(site)], [str(site), "/", "--collect", "x"]):
        with pytest.raises(SystemExit):
            main(arguments)
    assert main([str(site), "--collect", str(site)]) == 2
