"""groundup_course.generate and its sources: what pages include is what is tested."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_course.chapter import Chapter, load_chapter
from groundup_course.comparing import check_comparison, write_comparison
from groundup_course.errors import ChapterError
from groundup_course.generate import generate, outline, pieces
from groundup_course.predicting import read_predictions
from groundup_course.shots import run_shot

Change = Callable[..., Chapter]

COMPARE = """\
CASES = {f"case{n}": f"Case {n}?" for n in range(12)}
ANSWERS = {"groundup": str.upper, "Click": str.lower}
PACKAGES = {"groundup": "groundup-router", "Click": "click"}
WORSE = {"case0": "it shouts"}
"""


def test_every_piece_comes_from_the_chapter(change: Change) -> None:
    made = dict(pieces(change()))

    assert "+    return sum(numbers[:2])" in made["step2.diff"]
    assert "-    return sum(numbers[:1])" in made["step2.diff"]
    assert made["m3_adds.py"] in made["m3.py"]
    assert "First hint: a question" in made["hints1.md"]
    assert made["outline.txt"].startswith("total(")
    assert "got       44" in made["wrong_at4.txt"]
    assert "first-fail" not in made["wrong_at4.md"]
    assert made["attack_x.py"].startswith("def attack_x(part)")
    assert "4 min" in made["head.md"]


def test_what_is_no_longer_made_is_removed(tmp_path: Path) -> None:
    old = tmp_path / "router" / "old.md"
    old.parent.mkdir()
    old.write_text("old")

    generate(tmp_path, ["router"], log=str)

    assert not old.exists()
    assert (tmp_path / "router" / "m1.py").is_file()


def test_an_outline_shows_classes_and_signatures() -> None:
    source = (
        "class A(B):\n    'Keeps.'\n    async def run(self, x, *, y=1) -> int:\n        'Run.'\n"
    )

    assert outline(source).splitlines() == [
        "class A(B)                                  Keeps.",
        "    run(x, y) -> int                        Run.",
    ]


def test_answers_of_predictions_are_computed() -> None:
    found = read_predictions(load_chapter("router"))

    assert [one.name for one in found] == ["p1_which_route", "p2_encoded_slash", "p3_way_back"]
    assert all(one.answer in one.choices and len(one.choices) > 2 for one in found)


def test_answers_are_kept_with_versions_and_held_against_the_contenders(change: Change) -> None:
    chapter = change("compare.py", "", COMPARE)
    table = write_comparison(chapter)

    assert table["versions"]["Click"]
    assert table["cases"][0]["answers"] == {"groundup": "CASE0", "Click": "case0"}
    assert check_comparison(chapter) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("str.upper", "str.title", "groundup answers 'Case0'"),
        ("str.lower", "str.title", "Click answers 'Case0'"),
        ("range(12)", "range(11)", "at least 12 cases, got 11"),
        ("Case {n}?", "Case {n}!", "must have the cases"),
    ],
)
def test_what_changed_since_is_found(change: Change, old: str, new: str, message: str) -> None:
    write_comparison(change("compare.py", "", COMPARE))

    assert message in "\n".join(check_comparison(change("compare.py", old, new)))


def test_a_wrong_program_is_run_no_further_than_it_has_to_be(change: Change, small: Path) -> None:
    mark = small.parent / "ran"
    chapter = change("wrong/at1.py", "sum(numbers)", f"open({str(mark)!r}, 'w')")

    made = dict(pieces(chapter))

    assert "got       41" in made["wrong_at1.txt"]
    assert not mark.exists()


def test_a_contender_of_another_version_is_not_asked(change: Change, small: Path) -> None:
    write_comparison(change("compare.py", "", COMPARE))
    path = small / "compare.json"
    table: dict[str, Any] = json.loads(path.read_text())
    table["versions"]["Click"] = "0.1"
    path.write_text(json.dumps(table))

    assert check_comparison(change("compare.py", "str.lower", "str.title")) == []


def test_what_is_part_of_python_has_its_version(change: Change) -> None:
    table = write_comparison(change("compare.py", "", COMPARE.replace('"click"', '"python"')))

    assert platform.python_version() in table["versions"].values()


def test_a_contender_must_be_there_to_be_asked(change: Change) -> None:
    with pytest.raises(ChapterError, match="must be installed"):
        write_comparison(change("compare.py", "", COMPARE.replace('"click"', '"not-there"')))


@pytest.mark.skipif(sys.platform == "win32", reason="transcripts are for sh")
def test_a_transcript_shows_commands_and_what_they_print(change: Change, small: Path) -> None:
    script = small / "shots" / "x.sh"
    script.write_text(
        "# before: echo hidden; echo data > file\n"
        "# replace: [0-9]+ bytes => N bytes\n"
        "cat file\n\nfor n in 1 2; do\n  echo $n bytes\ndone\n\n"
        "python -c 'import my_router; print(my_router.total(1, 2))'\n\npwd; false\n"
    )

    assert run_shot(change(), script) == (
        "$ cat file\ndata\n$ for n in 1 2; do\n  echo $n bytes\ndone\nN bytes\nN bytes\n"
        "$ python -c 'import my_router; print(my_router.total(1, 2))'\n3\n$ pwd; false\n.\n"
    )
