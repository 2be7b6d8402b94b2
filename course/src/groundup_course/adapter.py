"""The tests of a chapter under pytest or ``groundup-test``: the same functions and verdicts.

    from groundup_course.adapter import milestone_tests          test_my_router.py

    globals().update(milestone_tests("router", "my_router.py"))

`groundup learn check` has a process for the program and a limit of time; this has neither.  It is
for whoever would rather stay in their editor's test runner.
"""

import asyncio
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

from groundup_course.chapter import Test, load_chapter
from groundup_course.child import import_file, trial_call
from groundup_course.trial import Trial

__all__ = ["milestone_tests"]


def milestone_tests(name: str, path: str | Path, *, seed: int = 0) -> dict[str, Callable[[], None]]:
    """Return functions ``test_m1_...`` that run the tests of a chapter on a file.

    Args:
        name: The chapter.
        path: The learner's file; it is imported by the first test that runs.
        seed: Repeats the random choices.
    """
    chapter = load_chapter(name)
    file = Path(path).resolve()
    functions = import_file(chapter.milestones_file, f"groundup_course_{name}_milestones")

    @cache
    def import_part() -> ModuleType:
        return import_file(file, chapter.module)

    def make(test: Test) -> Callable[[], None]:
        def run() -> None:
            trial = Trial(test.name, test.rule, test.origin, seed=seed, file=str(file))
            result = trial_call(getattr(functions, test.name), trial)(import_part(), trial)
            if inspect.iscoroutine(result):
                asyncio.run(result)

        run.__name__ = f"test_{test.name}"
        run.__doc__ = test.rule
        return run

    return {f"test_{test.name}": make(test) for test in chapter.tests}
