"""groundup_course.adapter: pytest and ``groundup-test`` give the verdicts of the grader."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from groundup_course import Subject, grade, load_chapter

ROUTER = load_chapter("router")
PROGRAMS = [*ROUTER.steps, *ROUTER.alternatives, *(wrong.path for wrong in ROUTER.wrong[::5])]
FILE = """\
from groundup_course.adapter import milestone_tests

globals().update(milestone_tests("router", {path!r}, seed=3))
"""


def verdicts(folder: Path, runner: list[str]) -> set[str]:
    """Run a test file with a runner and return the names of the tests that failed."""
    done = subprocess.run(
        [sys.executable, "-m", *runner, "test_mine.py"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).splitlines()
    return {
        test.name
        for test in ROUTER.tests
        if any(re.search(rf"test_{test.name}\b", line) and "FAILED" in line for line in lines)
    }


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_under_pytest_the_same_tests_fail(tmp_path: Path, path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(FILE.format(path=str(path)), "utf-8")
    graded = grade(ROUTER, Subject.of_file(ROUTER, path), seed=3)

    failed = verdicts(tmp_path, ["pytest", "-q", "-rf", "--tb=no", "-p", "no:cacheprovider"])

    assert failed == {one.name for one in graded.outcomes if not one.passed}


def test_under_our_own_runner_the_same_tests_fail(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(FILE.format(path=str(ROUTER.steps[2])), "utf-8")
    graded = grade(ROUTER, Subject.of_file(ROUTER, ROUTER.steps[2]), seed=3)

    failed = verdicts(tmp_path, ["groundup_testing"])

    assert failed == {one.name for one in graded.outcomes if not one.passed}
