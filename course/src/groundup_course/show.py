"""Tell a verdict: for each failure what was done, what was expected and why, what came, what next.

did       from my_router import Router
          router = Router()
          router.add('/users/:id', 'user')
          router.match('/users/7/posts')
expected  None
because   `:name` stands for exactly one segment (RFC 3986, section 3.3)
got       {'handler': 'user', 'params': {'id': '7/posts'}}
next      look at my_router.py:23 in match
          hint 1 of 3: groundup learn hint router
          the same again: groundup learn check router --seed 7
"""

from collections.abc import Iterable, Iterator

from groundup_course.chapter import Chapter, Wrong
from groundup_course.verdict import Outcome, Verdict

__all__ = ["find_turn", "tell_failure", "tell_outcomes", "tell_problem"]

INDENT, LABEL = "  ", 10
MARKS = {True: "✓", False: "✗"}


def tell_failure(
    chapter: Chapter, outcome: Outcome, *, seed: int = 0, hints: int = 0, turn: str = ""
) -> str:
    """Return the four parts of a failure.

    Args:
        chapter: Whose test failed.
        outcome: What became of it.
        seed: Repeats the same random choices.
        hints: How many hints of the milestone the learner has seen.
        turn: What whoever took this wrong turn is told.
    """
    lines = list(part("did", [f"from {chapter.module} import {', '.join(chapter.provides)}"]))
    lines += part("", outcome.did)
    lines += part("expected", [outcome.expected])
    lines += part("because", [outcome.because])
    lines += part("got", [outcome.got, *([outcome.caret] if outcome.caret else [])])
    if outcome.output:
        lines += part("printed", outcome.output.rstrip().splitlines()[-10:])
    lines += part("next", next_steps(chapter, outcome.where, seed=seed, hints=hints, turn=turn))
    return "\n".join(lines)


def part(label: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the lines of one part, its label before the first."""
    for text in texts:
        for line in text.splitlines() or [""]:
            yield f"{INDENT}{label:<{LABEL}}{line}".rstrip()
            label = ""


def next_steps(
    chapter: Chapter, where: str, *, seed: int, hints: int, turn: str = ""
) -> Iterator[str]:
    """Yield what the learner can do now."""
    if turn:
        yield turn
    if where:
        yield f"look at {where}"
    following = min(hints + 1, 3)
    again = " again" if hints >= 3 else ""  # noqa: PLR2004 - there are three
    yield f"hint {following} of 3{again}: groundup learn hint {chapter.name}"
    yield f"the same again: groundup learn check {chapter.name} --seed {seed}"


def tell_problem(chapter: Chapter, verdict: Verdict) -> str:
    """Return why no test could be run."""
    file = f"{chapter.module}.py"
    lines = [*part("did", [f"import {chapter.module}"])]
    lines += part("expected", [f"a module that defines {', '.join(chapter.provides)}"])
    lines += part("because", ["the tests import it as any other program would"])
    lines += part("got", [verdict.problem])
    if verdict.output:
        lines += part("printed", verdict.output.rstrip().splitlines()[-10:])
    lines += part(
        "next", [f"look at {verdict.where or file}", f"groundup learn check {chapter.name}"]
    )
    return "\n".join(lines)


def tell_outcomes(chapter: Chapter, verdict: Verdict) -> str:
    """Return a line for each milestone, and for each test of the first that does not pass."""
    lines: list[str] = []
    for milestone in chapter.milestones[: verdict.upto]:
        own = [one for one in verdict.outcomes if one.milestone == milestone.number]
        done = bool(own) and all(one.passed for one in own)
        mark = MARKS[done] if milestone.number <= verdict.reached + 1 else "·"
        lines.append(f"{mark} milestone {milestone.number}: {milestone.title}")
        if milestone.number == verdict.reached + 1:
            lines += [f"    {MARKS[one.passed]} {one.name:<24} {one.rule}" for one in own]
    return "\n".join(lines)


def find_turn(chapter: Chapter, outcome: Outcome) -> Wrong | None:
    """Return the wrong turn that fails just as this outcome does."""
    told = tell_failure(chapter, outcome)
    for wrong in chapter.wrong:
        if wrong.first_fail == outcome.name and wrong.message in told:
            return wrong
    return None
