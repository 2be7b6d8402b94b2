"""groundup_testing.__main__: the command, on folders of test files."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from groundup_testing.__main__ import main

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a test file into a folder of its own, and work there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text: str, name: str = "test_it.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


MIXED = """\
from groundup_testing import fixture, mark, parametrize, raises, skip, fail

@fixture
def number():
    print("made")
    yield 4
    print("gone")

def test_passes(number):
    assert number == 4

def test_fails(number):
    print("hello")
    assert number == 5

def test_raises(unknown):
    pass

@mark.skip("not now")
def test_marked():
    pass

def test_skips():
    skip("no network")

@mark.xfail("known bug")
def test_known():
    assert False

@mark.xfail("fixed", strict=True)
def test_fixed():
    pass

@mark.xfail("fixed")
def test_fixed_softly():
    pass

@parametrize("a, b", [(1, 1), (2, 3)])
@parametrize("c", ["x", None])
def test_rows(a, b, c):
    assert a == b

@mark.skipif(False, reason="runs")
class TestThings:
    @fixture
    def own(self):
        return self

    def test_method(self, own):
        assert own is self

    async def test_async(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        print("seen")
        assert capsys.readouterr().out == "seen\\n"
        with raises(ValueError, match="invalid"):
            int("x")

def test_fail():
    fail("on purpose")
"""


def test_every_outcome(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(MIXED)

    assert main(["-v"]) == 1

    out = capsys.readouterr().out
    for line in (
        "test_it.py::test_passes PASSED",
        "test_it.py::test_fails FAILED",
        "test_it.py::test_raises ERROR",
        "test_it.py::test_marked SKIPPED (not now)",
        "test_it.py::test_skips SKIPPED (no network)",
        "test_it.py::test_known XFAILED (known bug)",
        "test_it.py::test_fixed FAILED",
        "test_it.py::test_fixed_softly XPASSED (fixed)",
        "test_it.py::test_rows[x-1-1] PASSED",
        "test_it.py::test_rows[None-2-3] FAILED",
        "test_it.py::TestThings::test_method PASSED",
        "test_it.py::TestThings::test_async PASSED",
        "AssertionError: assert number == 5",
        "  number = 4",
        "hello",
        "RunnerError: there must be a fixture 'unknown'",
        "AssertionError: on purpose",
    ):
        assert line in out
    assert "5 failed, 1 errors, 5 passed, 2 skipped, 1 xfailed, 1 xpassed in " in out
    assert "running.py" not in out, "tracebacks begin in the test"


def test_dots(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("def test_a(): pass\ndef test_b(): pass\n")

    assert main([]) == 0

    first, last = capsys.readouterr().out.splitlines()
    assert first == ".."
    assert last.startswith("2 passed in ")


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["test_it.py::test_rows"], 1, ["4"]),
        (["test_it.py::test_rows[x-1-1]"], 0, ["1 passed"]),
        (["test_it.py::TestThings"], 0, ["2 passed"]),
        (["test_it.py::TestThings::test_method"], 0, ["1 passed"]),
        (["-k", "method or passes"], 0, ["2 passed"]),
        (["-k", "fail and not fails", "-x"], 1, ["1 failed in"]),
        (["-x"], 1, ["1 failed, 1 passed"]),
        (["-k", "nowhere"], 5, ["no tests ran"]),
        (["--collect-only", "-k", "method"], 0, ["test_it.py::TestThings::test_method"]),
        (["-s", "-k", "passes"], 0, ["made\ngone\n"]),
    ],
)
def test_choosing(
    write: Write,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    expected: list[str],
) -> None:
    write(MIXED)

    assert main(arguments) == status

    out = capsys.readouterr().out
    assert all(text in out for text in expected)


def test_nothing_to_run(write: Write) -> None:
    write("x = 1", "not_a_test.py")

    assert main([]) == 5
    assert main(["--collect-only"]) == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py"], "file or folder must exist, got 'nowhere.py'"),
        (["test_it.py::test_other"], "must have a test 'test_other'"),
        (["-k", "a b"], "-k must be words"),
        (["--cov", "nowhere"], "--cov must name a file or folder"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    write: Write, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    write(MIXED)

    assert main(arguments) == 4

    assert message in capsys.readouterr().err


def test_an_unknown_option_has_the_same_status(write: Write) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--frobnicate"])

    assert caught.value.code == 4


@pytest.mark.parametrize("text", ["import nowhere_to_be_found", "def broken(:", "1 / 0"])
def test_a_file_that_cannot_be_imported(
    write: Write, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    write(text)
    write("def test_a(): pass", "test_other.py")

    assert main([]) == 2

    assert "ERROR test_it.py - " in capsys.readouterr().out


def test_conftest_brings_fixtures_for_all_below(write: Write) -> None:
    write(
        "from groundup_testing import fixture\n@fixture\ndef name(): return 'root'\n", "conftest.py"
    )
    write(
        "from groundup_testing import fixture\n@fixture\ndef name(name): return name + ' inner'\n",
        "inner/conftest.py",
    )
    write("def test_a(name): assert name == 'root'\n")
    write("def test_a(name): assert name == 'root inner'\n", "inner/test_it.py")

    assert main([]) == 0


def test_files_for_pytest_run_here(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        "import pytest\n"
        "@pytest.fixture(scope='module')\ndef two(): return 2\n"
        "@pytest.mark.parametrize('n', [1, 2], ids=['one', 'two'])\n"
        "@pytest.mark.slow\n"
        "def test_a(n, two):\n"
        "    with pytest.raises(ZeroDivisionError): n / 0\n"
        "def test_more(): pytest.approx(1)\n"
    )

    assert main(["-v"]) == 1

    out = capsys.readouterr().out
    assert "test_a[one] PASSED" in out
    assert "got 'approx': run it by pytest" in out
    assert sys.modules["pytest"] is pytest


def test_tasks_that_are_left_behind_are_a_failure(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        "import asyncio\n"
        "async def test_leaves():\n"
        "    asyncio.create_task(asyncio.sleep(60), name='forgotten')\n"
        "async def test_next():\n"
        "    assert len(asyncio.all_tasks()) == 1\n"
    )

    assert main([]) == 1

    out = capsys.readouterr().out
    assert "no task must be left behind, got forgotten" in out
    assert "1 failed, 1 passed" in out


def test_clean_up_that_fails_is_an_error(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        "from groundup_testing import fixture\n"
        "@fixture\ndef one():\n    yield\n    raise OSError('one')\n"
        "@fixture(scope='session')\ndef all_of_them():\n    yield\n    raise OSError('all')\n"
        "def test_a(one, all_of_them): pass\n"
    )

    assert main([]) == 1

    out = capsys.readouterr().out
    assert "ERROR test_it.py::test_a - OSError: one" in out
    assert "ERROR test_it.py (clean-up) - OSError: all" in out


def test_junit(write: Write, tmp_path: Path) -> None:
    write(MIXED.replace('"hello"', "'bell \\x07'"))

    main(["--junit", "out/junit.xml"])

    suite = ET.parse(tmp_path / "out/junit.xml").getroot().find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "15", "failures": "5", "errors": "1", "skipped": "3"}
    cases = {case.get("name"): case for case in suite}
    assert cases["test_method"].get("classname") == "test_it.TestThings"
    failure = cases["test_fails"].find("failure")
    assert failure is not None
    assert "number = 4" in (failure.text or "")
    assert "bell" in (cases["test_fails"].findtext("system-out") or "")
    assert cases["test_raises"].find("error") is not None


def run_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if "COV" not in name}
    return subprocess.run(
        [sys.executable, "-m", "groundup_testing", *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_coverage_names_the_lines_that_have_not_run(write: Write, tmp_path: Path) -> None:
    write(
        '"""A module."""\n\n'
        "def sign(number):\n"
        '    """Return the sign."""\n'
        "    if number < 0:\n"
        "        return -1\n"
        "    return 1\n\n"
        "def debug():  # pragma: no cover\n"
        "    print('never')\n",
        "app/signs.py",
    )
    write("", "app/unused.py")
    write("from app.signs import sign\n\ndef test_sign(): assert sign(5) == 1\n")

    done = run_command(tmp_path, "--cov", "app")
    strict = run_command(tmp_path, "--cov", "app", "--cov-fail-under", "90")

    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["app/signs.py".replace("/", os.sep), "4", "1", "75%", "6"] in lines
    assert ["app/unused.py".replace("/", os.sep), "0", "0", "100%"] in lines
    assert ["all", "4", "1", "75%"] in lines
    assert done.returncode == 0
    assert strict.returncode == 1
    assert "at least 90% of the lines must run, got 75.0%" in strict.stdout
