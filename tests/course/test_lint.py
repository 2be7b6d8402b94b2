"""groundup_course.lint and .matrix: each rule catches what it is there for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundup_course.chapter import Chapter
from groundup_course.errors import ChapterError
from groundup_course.lint import RULES, lint
from groundup_course.matrix import check_matrix

Change = Callable[..., Chapter]

NO_CHOICES = """\
def p1_x():
    'Q?'
    return 1
"""
PREDICTION = """\
def p1_x():
    '''Q?

    choices: 1 | 2
    because: b
    '''
    return 3
"""
TWIN = """\
'''Is wrong as another program is.

first-fail: m1_adds
message: got       41
turn: Something else.
'''
def total(*numbers):
    return 41
"""
CRASH = "1 if len(numbers) == 1 else 1 / 0"
ALWAYS = """\
def m3_more(part, t):
    'It is there.'
    t.holds(part.total is not None, "it")


def m4_adds"""


def problems(chapter: Chapter, rule: str) -> str:
    """Return what a rule says, the matrix on one seed."""
    found = check_matrix(chapter, (0,)) if rule == "matrix" else RULES[rule](chapter)
    return "\n".join(found)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in {"matrix", "page"}])
def test_a_chapter_that_is_as_it_must_be_has_no_problem(change: Change, rule: str) -> None:
    assert problems(change(), rule) == ""


# What is planted: the rule that must find it, the file, what is replaced there (nothing makes a new
# file) and by what, and the message.
PLANTED = {
    "milestone": ("names", "chapter.toml", "Dynamic routes work", "Dynamic", "milestone 2 must be"),
    "title": ("names", "chapter.toml", "Simple Routing", "Routing", "number and title"),
    "number": ("names", "chapter.toml", "number = 3", "number = 4", "number and title"),
    "name": ("names", "chapter.toml", '"router"', '"rooter"', "that of a project"),
    "folder": ("names", "chapter.toml", '"router"', '"forms"', "folder must be"),
    "level": ("names", "chapter.toml", "beginner", "easy", "level must be"),
    "module": ("names", "chapter.toml", '"my_router"', '"random"', "module must be"),
    "unlocks": ("names", "chapter.toml", '"middleware"', '"x"', "must name projects"),
    "goal": ("names", "chapter.toml", '"Add."', '"A\\nB"', "must be one line"),
    "stray": ("files", "notes.txt", "", "x", "nothing else may be"),
    "stray-step": ("files", "steps/step5.py", "", "x = 1", "nothing else may be"),
    "stray-wrong": ("files", "wrong/x.txt", "", "x", "nothing else may be"),
    "no-transcript": ("files", "shots/x.sh", "", "true", "must have its transcript"),
    "no-test": ("files", "milestones.py", "def m2_adds", "def n2_adds", "must have tests"),
    "order": ("files", "milestones.py", "def m1_adds", "def m4_first", "in their order"),
    "code-in-0": ("steps", "steps/step0.py", '"""Add."""', "return 3", "must have no code"),
    "attack-fails": ("attack", "attack.py", "!= 4", "== 4", "must get through steps/step3.py"),
    "attack-wins": ("attack", "attack.py", "!= 4", "!= 5", "must not get through step 4"),
    "attack-weak": ("attack", "attack.py", "attack_x(", "attack_y(", "WEAK must name"),
    "no-choices": ("predict", "predict.py", "", NO_CHOICES, "must have different choices"),
    "no-right": ("predict", "predict.py", "", PREDICTION, "answer of p1_x must be one of"),
    "no-answers": ("compare", "compare.py", "", "CASES = ANSWERS = PACKAGES = {}", "must be JSON"),
    "step-less": ("matrix", "steps/step2.py", "[:2]", "[:1]", "step2.py must reach milestone 2"),
    "step-more": ("matrix", "steps/step2.py", "[:2]", "[:3]", "step2.py must reach milestone 2"),
    "step-crashes": ("matrix", "steps/step1.py", "sum(numbers[:1])", CRASH, "by a comparison"),
    "step-import": ("matrix", "steps/step3.py", "def", "import nowhere\ndef", "step3.py must run"),
    "alt": ("matrix", "alt/other1.py", "[:4]", "[:3]", "alt/other1.py must pass every test"),
    "package": ("matrix", "package.py", "[:4]", "[:3]", "abc must pass every test"),
    "not-wrong": ("matrix", "wrong/at4.py", "== 4", "== 9", "must fail, and passes"),
    "first": ("matrix", "wrong/at4.py", "== 4", "== 3", "must fail m4_adds first, got m3_adds"),
    "message": ("matrix", "wrong/at4.py", "got       44", "got       45", "must be told"),
    "turn": ("matrix", "wrong/twin.py", "", TWIN, "be told its own turn, got that of at1.py"),
    "unfinished": ("matrix", "wrong/at2.py", "got       42", "total(1, 2)", "is only unfinished"),
    "nobody": ("matrix", "milestones.py", "def m4_adds", ALWAYS, "must be failed by a program"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(change: Change, name: str) -> None:
    rule, *planted, message = PLANTED[name]

    try:
        found = problems(change(*planted), rule)
    except ChapterError as error:
        found = str(error)

    assert message in found


def test_a_verdict_that_depends_on_luck_is_found(change: Change) -> None:
    lucky = "10 if t.rng.random() < 0.5 else 11)"
    chapter = change("milestones.py", "10)", lucky)

    assert "step4.py must reach milestone 4" in "\n".join(check_matrix(chapter))


@pytest.mark.parametrize(("lines", "message"), [(9, "got 9"), (10, ""), (60, ""), (61, "got 61")])
def test_a_step_has_10_to_60_new_lines(change: Change, lines: int, message: str) -> None:
    step3 = change().steps[3].read_text(encoding="utf-8")
    added = "\n\n".join(f"x{line} = {line}" for line in range(lines))
    chapter = change("steps/step4.py", "", step3 + added)

    found = "\n".join(one for one in RULES["steps"](chapter) if "new lines" in one)

    assert message in found
    assert bool(message) == bool(found)


def test_step_4_has_150_lines_at_most(change: Change) -> None:
    long = change("steps/step4.py", "", "\n" * 150)
    assert "at most 150 lines" not in problems(long, "steps")

    longer = change("steps/step4.py", "", "\n" * 151)
    assert "at most 150 lines, got 151" in problems(longer, "steps")


@pytest.mark.parametrize("folder", ["wrong", "alt"])
def test_programs_must_be_there(change: Change, small: Path, folder: str) -> None:
    next((small / folder).glob("*.py")).unlink()

    assert f"{folder}/ must have at least" in problems(change(), "files")


@pytest.mark.parametrize("name", ["attack.py", "steps/step3.py"])
def test_files_must_be_there(change: Change, small: Path, name: str) -> None:
    (small / name).unlink()

    assert f"{name} must be there" in problems(change(), "files")


def test_a_transcript_that_is_out_of_date_is_found(change: Change, small: Path) -> None:
    (small / "shots" / "x.sh").write_text("echo new\n")
    (small / "shots" / "x.out").write_text("$ echo new\nold\n")

    assert "$ echo new\nnew" in problems(change(), "shots")


def test_a_chapter_that_cannot_be_read_is_a_problem_and_no_crash(change: Change) -> None:
    chapter = change("wrong/at1.py", "first-fail", "first_fail")

    (problem,) = lint(chapter, ["files"])

    assert "must have a line `first-fail: ...`" in str(problem)
    assert str(problem).startswith("router: files: ")
