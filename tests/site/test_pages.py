"""The pages around the chapters: their blocks run, their transcripts are what is printed today."""

import re
from pathlib import Path
from typing import Any

import pytest

from groundup_course.chapter import load_chapter
from groundup_course.fences import check_block, find_blocks
from groundup_course.shots import golden, run_shot

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "course/docs"
SHOTS = sorted((ROOT / "course/src/groundup_course/site/shots").glob("*.sh"))
PAGES = ("index", "start", "map", "packages", "glossary", "compare", "teach", "guide")
INCLUDE = re.compile(r'--8<-- "([^"\n]+)"')
CONFIGURATION = {"yaml", "nginx"}  # of programs that are not ours


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_a_page_is_run_or_included(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    problems: list[str] = []
    for block in find_blocks((DOCS / f"{name}.md").read_text(encoding="utf-8")):
        if block.language == "console":
            assert INCLUDE.fullmatch(block.text.strip()), f"{name}.md:{block.line} is typed"
        elif block.language not in CONFIGURATION:
            problems += [f"{block.line}: {one}" for one in check_block(block, ROOT, names)]

    assert problems == []


@pytest.mark.parametrize("script", SHOTS, ids=lambda script: script.stem)
def test_a_transcript_is_what_is_printed_today(script: Path) -> None:
    shown = run_shot(load_chapter("router"), script)

    assert shown == golden(script).read_text(encoding="utf-8")


def test_no_transcript_is_left_over() -> None:
    shown = {
        Path(path).name
        for name in PAGES
        for path in INCLUDE.findall((DOCS / f"{name}.md").read_text(encoding="utf-8"))
        if "/shots/" in path
    }

    assert shown >= {golden(script).name for script in SHOTS}
    assert {script.with_suffix(".sh") for script in SHOTS[0].parent.glob("*.out")} == set(SHOTS)


def test_what_is_included_is_there_after_generating(tmp_path: Path) -> None:
    from groundup_course.site import make

    made = {path.name for path in make(tmp_path, ROOT)}

    for page in DOCS.glob("*.md"):
        for path in INCLUDE.findall(page.read_text(encoding="utf-8")):
            if path.startswith("course/generated/site/"):
                assert Path(path).name in made, page.name
