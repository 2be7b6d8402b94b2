"""A chapter that is small enough to be broken in many ways, and a workspace."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundup_course.chapter import Chapter, read_chapter
from groundup_course.commands import learn

HINTS = 'hints = ["Why?", "So.", "Thus."]'
TITLES = (
    "Static routes work",
    "Dynamic routes work",
    "Wildcard routes work",
    "Route precedence is correct",
)
TOML = (
    'number = 3\nname = "router"\ntitle = "Simple Routing Engine"\npackage = "abc"\n'
    'module = "my_router"\nprovides = ["total"]\nminutes = [1, 1, 1, 1]\nlevel = "beginner"\n'
    'needs = []\nunlocks = ["middleware"]\nrfc = []\nterms = ["sum"]\nlimit = 20\n'
    + "".join(f'[[milestones]]\ntitle = "{title}"\ngoal = "Add."\n{HINTS}\n' for title in TITLES)
)
TESTS = '"""Tests."""\n' + "".join(
    f'def m{n}_adds(part, t):\n    """It adds {n} numbers."""\n'
    f"    t.same(t.call(part.total, *range(1, {n + 1})), {sum(range(1, n + 1))})\n"
    for n in (1, 2, 3, 4)
)


def step(number: int) -> str:
    """Return a program that adds so many numbers."""
    if number == 0:
        return '"""Adds."""\ndef total(*numbers):\n    """Add."""\n'
    filler = "".join(f"# line {n}.{line}\n" for n in range(number) for line in range(12))
    body = f'    """Add."""\n    return sum(numbers[:{number}])\n'
    return f'"""Adds."""\ndef total(*numbers):\n{body}{filler}'


def wrong(milestone: int, got: int) -> str:
    """Return a program that goes wrong at a milestone."""
    return (
        f'"""Is wrong at {milestone}.\n\nfirst-fail: m{milestone}_adds\nmessage: got       {got}\n'
        f'turn: You stop before {milestone}.\n"""\n'
        "def total(*numbers):\n"
        f"    return {got} if len(numbers) == {milestone} else sum(numbers)\n"
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small chapter that keeps every rule but those on numbers of programs."""
    folder = tmp_path / "router"
    for name in ("steps", "wrong", "alt", "shots"):
        (folder / name).mkdir(parents=True)
    files = {
        "chapter.toml": TOML,
        "milestones.py": TESTS,
        "package.py": step(4),
        "attack.py": (
            'WEAK = {"attack_x": "steps/step3.py"}\n'
            "def attack_x(part):\n    return part.total(1, 1, 1, 1) != 4\n"
        ),
    }
    files |= {f"steps/step{number}.py": step(number) for number in range(5)}
    files |= {f"wrong/at{n}.py": wrong(n, 40 + n) for n in (1, 2, 3, 4)}
    files |= {f"wrong/again{n}.py": wrong(n, 50 + n) for n in (1, 2)}
    files |= {f"alt/other{n}.py": step(4) for n in (1, 2)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


Change = Callable[..., Chapter]


@pytest.fixture
def change(small: Path) -> Change:
    """Replace a piece of a file of the small chapter (or write a new one), and read the chapter."""

    def change(name: str = "", old: str = "", new: str = "") -> Chapter:
        if name:
            path = small / name
            text = path.read_text(encoding="utf-8") if old else ""
            assert old in text
            path.write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
        return read_chapter(small)

    return change


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``groundup learn`` with arguments, in a folder of its own."""
    folder = tmp_path / "learner"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(learn, arguments, input=input)

    return run
