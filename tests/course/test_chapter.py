"""groundup_course.chapter: what a chapter's file may say, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundup_course.chapter import Chapter, chapter_names, load_chapter
from groundup_course.errors import ChapterError, WorkspaceError

Change = Callable[..., Chapter]


def test_a_chapter_is_read(change: Change) -> None:
    chapter = change()

    assert (chapter.number, chapter.name, chapter.module) == (3, "router", "my_router")
    assert chapter.page == "03-router.md"
    assert chapter.limit == 20
    assert chapter.milestones[1].hints == ("Why?", "So.", "Thus.")
    assert [test.name for test in chapter.tests_to(2)] == ["m1_adds", "m2_adds"]
    assert chapter.tests[0].rule == "It adds 1 numbers."
    assert chapter.tests[0].origin == "chapter 3, milestone 1"


def test_the_source_of_a_rule_is_read(change: Change) -> None:
    docstring = '"""It adds 1 numbers.\n\n    source: RFC 9110, section 9\n    """'
    chapter = change("milestones.py", '"""It adds 1 numbers."""', docstring)

    assert chapter.tests[0].origin == "RFC 9110, section 9"


def test_a_turn_may_go_on_in_the_next_line(change: Change) -> None:
    chapter = change("wrong/at1.py", "You stop before 1.", "You stop\n  before 1.")

    assert chapter.wrong[2].turn == "You stop before 1."


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("chapter.toml", "number = 3", "", "must have 'number'"),
        ("chapter.toml", "number = 3", 'number = "3"', "number in .* must be int, got '3'"),
        ("chapter.toml", "number = 3", "number = 3\nnumbr = 4", "got 'numbr'"),
        ("chapter.toml", "number = 3", "number =", "must be a file of TOML"),
        ("chapter.toml", "[1, 1, 1, 1]", "[1, 1, 1]", "four milestones and a time"),
        ("chapter.toml", '["Why?", "So.", "Thus."]', '["Why?", "So."]', "exactly 3 hints, got 2"),
        ("chapter.toml", '"Thus."]', '" "]', "exactly 3 hints"),
        ("chapter.toml", '"Thus."]', '"Thus."]\nhint = "x"', "milestone 1 .* got 'hint'"),
        ("milestones.py", '"""It adds 1 numbers."""', "pass", "m1_adds .* must have a docstring"),
        ("milestones.py", "", '"""None."""', "must have tests named m1_"),
        ("wrong/at1.py", "turn:", "turns:", "must have a line `turn: ...`"),
        ("wrong/at1.py", "", "x = 1", "must have a line `first-fail: ...`"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(
    change: Change, name: str, old: str, new: str, message: str
) -> None:
    def read() -> object:
        chapter = change(name, old, new)
        return chapter.tests, chapter.wrong

    with pytest.raises(ChapterError, match=message):
        read()


def test_chapters_come_in_the_order_of_their_numbers() -> None:
    numbers = [load_chapter(name).number for name in chapter_names()]

    assert numbers == sorted(numbers)
    assert "router" in chapter_names()


@pytest.mark.parametrize("name", ["", ".", "..", "router/steps", "Router", "no"])
def test_only_names_of_chapters_are_loaded(name: str) -> None:
    with pytest.raises(WorkspaceError, match="a chapter is one of"):
        load_chapter(name)


def test_nothing_of_a_chapter_is_a_path_to_this_machine() -> None:
    for name in chapter_names():
        for path in Path(load_chapter(name).folder).rglob("*.out"):
            assert str(Path.cwd()) not in path.read_text("utf-8")
