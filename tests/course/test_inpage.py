"""groundup_course.inpage: the same verdicts as of the child process, in this one."""

import sys
from pathlib import Path

import pytest

from groundup_course.chapter import CHAPTERS, load_chapter
from groundup_course.grader import Subject, grade
from groundup_course.inpage import check, grade_here

ROUTER = CHAPTERS / "router"
PROGRAMS = sorted([*ROUTER.glob("steps/*.py"), *ROUTER.glob("alt/*.py")])


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_verdict_in_the_page_is_that_of_the_grader(path: Path) -> None:
    chapter = load_chapter("router")

    here, there = grade_here(chapter, path), grade(chapter, Subject.of_file(chapter, path))

    assert here.reached == there.reached
    assert [one.kind for one in here.outcomes] == [one.kind for one in there.outcomes]


def test_what_went_wrong_is_printed_in_four_parts(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = check("router", (ROUTER / "steps/step1.py").read_text())

    shown = capsys.readouterr().out
    assert verdict.reached == 1
    assert "✓ milestone 1" in shown
    for part in ("did ", "expected ", "because ", "got ", "next "):
        assert part in shown


def test_a_program_that_cannot_be_imported_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = check("router", "import nowhere_at_all\n")

    assert not verdict.passed
    assert "nowhere_at_all" in capsys.readouterr().out


def test_nothing_stays_of_a_program() -> None:
    before = set(sys.modules)
    check("router", "class Router: ...\n")

    assert set(sys.modules) <= before | {"groundup_course_milestones"}
    assert "my_router" not in sys.modules
