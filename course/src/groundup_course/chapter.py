"""Read a chapter from its folder: what its ``chapter.toml`` says, and which files stand beside it.

    chapters/router/
        chapter.toml                  titles, hints, terms: see AUTHORING.md
        steps/step0.py ... step4.py   step0 is what the learner starts from
        milestones.py                 m1_..., m2_...: the tests, in the order in which they run
        wrong/*.py  alt/*.py          programs that must fail, and other designs that must pass

Nothing is imported here: tests are found by reading the source.
"""

import ast
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

from groundup_course.errors import ChapterError, WorkspaceError

__all__ = ["CHAPTERS", "Chapter", "Milestone", "Test", "Wrong", "chapter_names", "load_chapter"]

CHAPTERS = Path(__file__).parent / "chapters"

TEST_NAME = re.compile(r"m([1-4])_\w+")
HEADER = re.compile(r"^([a-z-]+): *(.+)$", re.MULTILINE)
REQUIRED: dict[str, type] = {
    "number": int,
    "name": str,
    "title": str,
    "package": str,
    "module": str,
    "provides": list,
    "minutes": list,
    "level": str,
    "needs": list,
    "unlocks": list,
    "rfc": list,
    "terms": list,
    "milestones": list,
}
OPTIONAL: dict[str, type] = {"slot": str, "limit": int}
MILESTONE: dict[str, type] = {"title": str, "goal": str, "hints": list}
DEFAULT_LIMIT = 5  # seconds for one test
MILESTONES, HINTS = 4, 3


@dataclass(frozen=True, slots=True)
class Milestone:
    """One of the four: its title is the seed's, its hints are a question, an idea, near-code."""

    number: int
    title: str
    goal: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a milestone, as its source says it.

    Attributes:
        rule: The first line of its docstring.
        origin: The RFC or the place in the chapter that the rule comes from.
        text: The source of the function.
    """

    __test__ = False

    name: str
    milestone: int
    rule: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A program that must fail, and how.

    Attributes:
        what: What is wrong with it.
        first_fail: The first test that it must fail.
        message: What the failure must show.
        turn: What a learner is told who took the same turn.
    """

    path: Path
    what: str
    first_fail: str
    message: str
    turn: str


@dataclass(frozen=True)
class Chapter:
    """All that is known of a chapter."""

    folder: Path
    number: int
    name: str
    title: str
    package: str
    module: str
    provides: tuple[str, ...]
    minutes: tuple[int, ...]
    level: str
    needs: tuple[str, ...]
    unlocks: tuple[str, ...]
    rfc: tuple[str, ...]
    terms: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    slot: str = ""
    limit: int = DEFAULT_LIMIT

    @property
    def page(self) -> str:
        """The file of its page."""
        return f"{self.number:02}-{self.name}.md"

    @property
    def steps(self) -> list[Path]:
        """The programs after each milestone; the first is the learner's start."""
        return [self.folder / "steps" / f"step{number}.py" for number in range(5)]

    @property
    def alternatives(self) -> list[Path]:
        """Other designs that are right as well."""
        return sorted((self.folder / "alt").glob("*.py"))

    @property
    def milestones_file(self) -> Path:
        """Where the tests are."""
        return self.folder / "milestones.py"

    @cached_property
    def tests(self) -> list[Test]:
        """The tests in the order in which they run: that of their source.

        Raises:
            ChapterError: One has no rule, or there is none at all.
        """
        found = list(read_tests(self))
        if not found:
            raise ChapterError(f"{self.milestones_file} must have tests named m1_..., got none")
        return found

    def tests_to(self, milestone: int) -> list[Test]:
        """The tests of all milestones up to one."""
        return [test for test in self.tests if test.milestone <= milestone]

    @cached_property
    def wrong(self) -> list[Wrong]:
        """The programs that must fail.

        Raises:
            ChapterError: One does not say how.
        """
        return [read_wrong(path) for path in sorted((self.folder / "wrong").glob("*.py"))]


def read_tests(chapter: Chapter) -> Any:
    """Yield the tests of a chapter."""
    path = chapter.milestones_file
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text, str(path)).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        match = TEST_NAME.fullmatch(node.name)
        if match is None:
            continue
        doc = ast.get_docstring(node)
        if not doc:
            raise ChapterError(f"{node.name} in {path} must have a docstring: the rule it tests")
        headers = dict(HEADER.findall(doc))
        number = int(match[1])
        place = f"chapter {chapter.number}, milestone {number}"
        source = ast.get_source_segment(text, node) or ""
        yield Test(node.name, number, doc.splitlines()[0], headers.get("source", place), source)


def read_wrong(path: Path) -> Wrong:
    """Return what the docstring of a wrong program says.

    Raises:
        ChapterError: A line is missing.
    """
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"), str(path))) or ""
    headers = dict(HEADER.findall(join_lines(doc)))
    missing = [name for name in ("first-fail", "message", "turn") if name not in headers]
    if missing or not doc:
        raise ChapterError(f"docstring of {path} must have a line `{missing[0]}: ...`, got {doc!r}")
    first = doc.splitlines()[0]
    return Wrong(path, first, headers["first-fail"], headers["message"], headers["turn"])


def join_lines(doc: str) -> str:
    """Return a docstring in which a line that is indented belongs to the one before it."""
    return re.sub(r"\n[ \t]+(?=\S)", " ", doc)


def chapter_names() -> list[str]:
    """Return the names of the chapters that are there, in the order of their numbers."""
    names = [path.parent.name for path in CHAPTERS.glob("*/chapter.toml")]
    return sorted(names, key=lambda name: load_chapter(name).number)


@cache
def load_chapter(name: str) -> Chapter:
    """Return a chapter by its name.

    Raises:
        WorkspaceError: There is none.
        ChapterError: Its file is not as it must be.
    """
    folder = CHAPTERS / name
    if not name.isidentifier() or not (folder / "chapter.toml").is_file():
        known = ", ".join(sorted(path.parent.name for path in CHAPTERS.glob("*/chapter.toml")))
        raise WorkspaceError(f"a chapter is one of {known}, got {name!r}")
    return read_chapter(folder)


def read_chapter(folder: Path) -> Chapter:
    """Return the chapter in a folder.

    Raises:
        ChapterError: Its file is not as it must be.
    """
    path = folder / "chapter.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ChapterError(f"{path} must be a file of TOML: {error}") from error
    check_keys(table, REQUIRED, OPTIONAL, str(path))
    if not len(table["milestones"]) == len(table["minutes"]) == MILESTONES:
        raise ChapterError(f"{path} must have four milestones and a time in minutes for each")
    milestones = [
        read_milestone(number, one, str(path)) for number, one in enumerate(table["milestones"], 1)
    ]
    values: dict[str, Any] = {
        key: tuple(cast("Any", value)) if isinstance(value, list) else value
        for key, value in table.items()
    }
    values["milestones"] = tuple(milestones)
    return Chapter(folder=folder, **values)


def read_milestone(number: int, table: Any, place: str) -> Milestone:
    """Return one milestone of a chapter's file."""
    if not isinstance(table, dict):
        raise ChapterError(f"milestone {number} in {place} must be a table, got {table!r:.40}")
    found = cast("dict[str, Any]", table)
    check_keys(found, MILESTONE, {}, f"milestone {number} in {place}")
    hints = tuple(map(str, found["hints"]))
    if len(hints) != HINTS or not all(hint.strip() for hint in hints):
        msg = f"milestone {number} in {place} must have exactly 3 hints, got {len(hints)}"
        raise ChapterError(msg)
    return Milestone(number, found["title"], found["goal"], hints)


def check_keys(
    table: Mapping[str, Any], required: Mapping[str, type], optional: Mapping[str, type], place: str
) -> None:
    """Refuse a table with a key too many, too few or of the wrong type."""
    known = {**required, **optional}
    for key, value in table.items():
        if key not in known:
            raise ChapterError(f"{place} must have only {', '.join(known)}; got {key!r}")
        if not isinstance(value, known[key]):
            raise ChapterError(f"{key} in {place} must be {known[key].__name__}, got {value!r:.40}")
    missing = [key for key in required if key not in table]
    if missing:
        raise ChapterError(f"{place} must have {missing[0]!r}")
