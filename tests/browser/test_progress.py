"""`groundup learn serve`: what is passed lights up on the page, while it is open."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from groundup_course.chapter import CHAPTERS, load_chapter
from groundup_course.commands.site import make_site
from groundup_course.grader import Subject, grade
from groundup_course.workspace import Workspace
from groundup_testing import live_server

SOURCE = Path(__file__).parents[2] / "course/playground"
PATIENCE = 20_000  # milliseconds
PAGE = """\
<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<h2>Milestone 1: Static routes work</h2><h2>Milestone 2: Dynamic routes work</h2><h2>Outline</h2>
<script type="module" src="../progress.mjs"></script>
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "mine"
    folder.mkdir()
    made = Workspace.find_or_create(folder)
    made.begin(load_chapter("router"))
    return made


@pytest.fixture
def site(tmp_path: Path, workspace: Workspace) -> Iterator[str]:
    folder = tmp_path / "site"
    (folder / "03-router").mkdir(parents=True)
    (folder / "03-router/index.html").write_text(PAGE, encoding="utf-8")
    (folder / "progress.mjs").write_bytes((SOURCE / "progress.mjs").read_bytes())
    with live_server(make_site(folder, workspace)) as server:
        yield server.url


def test_a_milestone_lights_up_when_it_is_passed(
    site: str, workspace: Workspace, person: Callable[..., Page]
) -> None:
    page = person()
    page.goto(f"{site}/03-router/")
    expect(page.locator("h2.passed")).to_have_count(0)

    chapter = load_chapter("router")
    step = Subject.of_file(chapter, CHAPTERS / "router/steps/step1.py")
    workspace.note(chapter, grade(chapter, step))

    lit = page.locator("h2.passed")
    expect(lit).to_have_text(["Milestone 1: Static routes work"], timeout=PATIENCE)
