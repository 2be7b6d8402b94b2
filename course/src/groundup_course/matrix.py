"""The matrix: every step against every milestone, every wrong and alternative program, the package.

        m1   m2   m3   m4
step0   -                        step K passes 1 to K, on every seed, and fails K+1
step1   ok   -                   by a comparison and not by an exception
step2   ok   ok   -
step3   ok   ok   ok   -
step4   ok   ok   ok   ok        so must every alternative, and the package
wrong   fails first where its docstring says, with the message that is promised
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from groundup_course.chapter import Chapter, Wrong
from groundup_course.grader import Subject, grade
from groundup_course.show import find_turn, tell_failure, tell_problem
from groundup_course.verdict import Verdict

__all__ = ["SEEDS", "at_once", "check_matrix"]

T = TypeVar("T")
R = TypeVar("R")

SEEDS = (0, 1, 2, 3, 4)
LAST = 4
AT_ONCE = 8  # programs: most of the time they wait


def check_matrix(chapter: Chapter, seeds: Sequence[int] = SEEDS) -> Iterator[str]:
    """Yield what is wrong with a chapter's programs."""
    failed: set[str] = set()
    checks: list[Callable[[], Iterator[str]]] = [
        *(partial(check_step, chapter, path, at, seeds) for at, path in enumerate(chapter.steps)),
        *(
            partial(check_right, chapter, Subject.of_file(chapter, path), f"alt/{path.name}", seeds)
            for path in chapter.alternatives
        ),
        partial(check_right, chapter, Subject.of_package(chapter), chapter.package, seeds),
        *(partial(check_wrong, chapter, wrong, seeds, failed) for wrong in chapter.wrong),
    ]
    yield from chain.from_iterable(at_once(lambda check: list(check()), checks))
    for test in chapter.tests:
        if test.name not in failed:
            yield f"{test.name} must be failed by a program in wrong/, every one passes it"


def at_once(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what a function returns for each item, in their order, several at a time.

    Programs run in processes of their own and mostly wait: for a server, for a test's patience.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(function, items)


def check_wrong(
    chapter: Chapter, wrong: Wrong, seeds: Sequence[int], failed: set[str]
) -> Iterator[str]:
    """Yield what is wrong with a wrong program, and collect which tests it fails."""
    name = f"wrong/{wrong.path.name}"
    for seed in seeds:
        verdict = grade(chapter, Subject.of_file(chapter, wrong.path), seed=seed)
        failed |= {one.name for one in verdict.outcomes if not one.passed}
        problem = judge_wrong(chapter, wrong, verdict)
        if problem:
            yield f"{name} {problem} (on seed {seed})"
            return


def judge_wrong(chapter: Chapter, wrong: Wrong, verdict: Verdict) -> str:
    """Return what is wrong with how a wrong program fails; nothing when all is as promised."""
    first = verdict.first_failure
    if first is None:
        return "must fail, and passes"
    told = tell_problem(chapter, verdict) if verdict.problem else tell_failure(chapter, first)
    if first.name != wrong.first_fail:
        return f"must fail {wrong.first_fail} first, got {first.name}"
    if wrong.message not in told:
        return f"must be told {wrong.message!r}, got\n{told}\n"
    turn = find_turn(chapter, first)
    if not verdict.problem and (turn is None or turn.turn != wrong.turn):
        return f"must be told its own turn, got that of {turn.path.name if turn else 'nobody'}"
    return ""


def check_step(chapter: Chapter, path: Path, number: int, seeds: Sequence[int]) -> Iterator[str]:
    """Yield what is wrong with one step."""
    for seed in seeds:
        verdict = grade(chapter, Subject.of_file(chapter, path), seed=seed)
        place = f"on seed {seed}"
        if verdict.problem:
            yield f"{path.name} must run, got {verdict.problem}"
            return
        if verdict.reached != number:
            yield (
                f"{path.name} must reach milestone {number}, got {verdict.reached} {place}"
                f"{describe(verdict)}"
            )
            return
        first = verdict.first_failure
        turn = find_turn(chapter, first) if first else None
        if turn is not None and path.stem not in turn.path.read_text(encoding="utf-8"):
            yield f"{path.name} is only unfinished, and is told the turn of {turn.path.name}"
            return
        for one in verdict.outcomes:
            if one.milestone == number + 1 and one.kind not in {"passed", "assert"}:
                yield f"{path.name} must fail {one.name} by a comparison, got {one.got} {place}"
                return


def check_right(
    chapter: Chapter, subject: Subject, name: str, seeds: Sequence[int]
) -> Iterator[str]:
    """Yield why a program that must pass does not."""
    for seed in seeds:
        verdict = grade(chapter, subject, seed=seed)
        if not verdict.passed:
            problem = verdict.problem or describe(verdict)
            yield f"{name} must pass every test, got on seed {seed}: {problem}"
            return


def describe(verdict: Verdict) -> str:
    """Return the first failure in one line."""
    first = verdict.first_failure
    return "" if first is None else f": {first.name} expected {first.expected}, got {first.got}"
