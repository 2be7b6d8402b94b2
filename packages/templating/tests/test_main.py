"""python -m groundup_templating: render, explain and check from the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from groundup_templating.__main__ import main


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("<p>{{ name }}{% include 'part.html' %}</p>\n", encoding="utf-8")
    (tmp_path / "part.html").write_text("!", encoding="utf-8")
    return path


def test_renders_with_data(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(page), "--data", '{"name": "<you>"}']) == 0
    assert capsys.readouterr().out == "<p>&lt;you&gt;!</p>\n"


def test_reads_data_from_a_file(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = page.with_name("data.json")
    data.write_text('{"name": "é"}', encoding="utf-8")

    assert main([str(page), "--data", f"@{data}"]) == 0
    assert capsys.readouterr().out == "<p>é!</p>\n"


def test_explains(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(page), "--explain"]) == 0
    assert "line 1: {{ name }} in text: text" in capsys.readouterr().out


def test_checks_a_folder(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(page.parent)]) == 0
    assert main([str(page.parent), "--check"]) == 0
    page.write_text("{{ 1 + }}<{{ x }}>", encoding="utf-8")

    assert main([str(page.parent), "--check"]) == 1
    out = capsys.readouterr().out
    assert "page.html, line 1, column 8: expected an expression" in out
    assert out.endswith("2 templates, 1 with mistakes\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{page}"], "error: page.html, line 1, column 7: 'name' is not defined"),
        (["{page}", "--data", "{{"], "error: --data must be JSON"),
        (["{page}", "--data", "[1]"], "error: --data must be a JSON object, got '[1]'"),
        (["{page}", "--data", "@/nope.json"], "error: "),
        (["{page}x"], "error: no template 'page.htmlx'"),
        (["{page}", "--check"], "error: check needs a folder"),
    ],
)
def test_mistakes_are_one_message(
    page: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument.replace("{page}", str(page)) for argument in arguments]) == 1
    assert capsys.readouterr().err.startswith(message)


def test_runs_as_a_module(page: Path) -> None:
    command = [sys.executable, "-m", "groundup_templating", str(page), "--data", '{"name": 1}']

    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout == "<p>1!</p>\n"
    )
