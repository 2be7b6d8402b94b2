"""Check a learner's program where there are no processes: in Python inside a browser.

The page's worker stands in for the child process, and the page ends it when time is up.  Tests,
trials and the words of a failure are those of `grader` and `show`.
"""

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from groundup_course.chapter import Chapter, load_chapter
from groundup_course.child import BoundedText, import_file, import_part, run_plainly, run_test
from groundup_course.grader import Report, Subject, make_outcome, make_task
from groundup_course.show import find_turn, tell_failure, tell_outcomes, tell_problem
from groundup_course.verdict import Verdict

__all__ = ["check", "grade_here"]

NONCE = "in this process"


def check(name: str, source: str, seed: int = 0) -> Verdict:
    """Run a chapter's tests on the source of a program, and print what became of them.

    Raises:
        WorkspaceError: There is no such chapter.
    """
    chapter = load_chapter(name)
    with tempfile.TemporaryDirectory(prefix="groundup-") as folder:
        path = Path(folder) / f"{chapter.module}.py"
        path.write_text(source, encoding="utf-8")
        verdict = grade_here(chapter, path, seed=seed)
    if verdict.problem:
        print(tell_problem(chapter, verdict))  # noqa: T201 - to the page
        return verdict
    print(tell_outcomes(chapter, verdict))  # noqa: T201 - as above
    if failure := verdict.first_failure:
        turn = find_turn(chapter, failure)
        told = tell_failure(chapter, failure, seed=seed, turn=turn.turn if turn else "")
        print(f"\n{failure.name}\n{told}")  # noqa: T201 - as above
    return verdict


def grade_here(chapter: Chapter, path: Path, *, seed: int = 0, upto: int = 4) -> Verdict:
    """Run the tests of a chapter on a program in this process; who ends it is somebody else."""
    tests = chapter.tests_to(upto)
    task = make_task(chapter, Subject.of_file(chapter, path), tests, NONCE, seed, chapter.limit)
    report, output = Report(NONCE), BoundedText()

    def say(**facts: Any) -> None:
        report.take(facts)

    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        functions = import_file(chapter.milestones_file, "groundup_course_milestones")
        try:
            part = import_part(task, say, output)
            if part is not None:
                for test in task["tests"]:
                    function = getattr(functions, test["name"])
                    run_test(test, function, part, task, say, output, run_plainly)
        finally:
            for module in ("groundup_course_milestones", chapter.module):
                sys.modules.pop(module, None)
    outcomes = tuple(make_outcome(test, report, late=False, ending="", stack="") for test in tests)
    problem, where, printed = (
        str(report.problem.get(key, "")) for key in ("problem", "where", "output")
    )
    return Verdict(chapter.name, seed, upto, outcomes, problem, where, printed)
