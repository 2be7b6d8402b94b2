"""groundup.commands.verify: our parts keep their contracts, and a part that does not is told."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]

PARTS = """
from groundup_router import Router
class Forgetful(Router):
    def match(self, path, method=None):
        return None
thing = 42
"""


def test_the_parts_of_the_framework_keep_their_contracts(run: Run) -> None:
    result = run("verify")

    assert result.exit_code == 0, result.output
    assert "FAILED" not in result.output
    assert {"router", "pipeline", "sessions", "errors"} <= set(result.output.split("\n"))
    assert result.output.endswith("all passed\n")


def test_a_part_that_does_not_is_told_what_it_should(run: Run, folder: Path) -> None:
    (folder / "verified.py").write_text(PARTS)

    result = run("verify", "--with", "router=verified:Forgetful", "-v")

    assert result.exit_code == 1
    assert "FAILED  a static path finds its handler" in result.output
    assert "A path without parameters is found" in result.output
    assert "ok      an unknown path is none" in result.output
    assert result.output.rstrip().endswith("failed")


def test_a_slot_without_checks_says_so(run: Run, folder: Path) -> None:
    (folder / "verified.py").write_text(PARTS)

    result = run("verify", "--with", "templates=verified:Forgetful")

    assert (result.exit_code, "no checks for this slot" in result.output) == (0, True)


def test_what_makes_no_part_is_one_line(run: Run, folder: Path) -> None:
    (folder / "verified.py").write_text(PARTS)

    result = run("verify", "--with", "router=verified:thing")

    assert result.exit_code == 2
    assert "must be a class or a function that makes a part, got 42" in result.stderr
