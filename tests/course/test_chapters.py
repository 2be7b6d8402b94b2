"""Every chapter keeps every rule: the matrix on five seeds, attacks, transcripts, pages."""

from pathlib import Path

import pytest

from groundup_course import chapter_names, load_chapter
from groundup_course.generate import generate
from groundup_course.lint import RULES, lint
from groundup_course.projects import load_projects
from groundup_course.site import make

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", chapter_names())
def test_a_chapter_keeps_the_rules(name: str, rule: str) -> None:
    if rule == "page":  # pages include what is generated, and nobody has to have done it before
        generate(ROOT / "course" / "generated", [name], log=str)
        make(ROOT / "course" / "generated" / "site", ROOT)

    assert [str(problem) for problem in lint(load_chapter(name), [rule])] == []


def test_the_projects_are_the_eighteen_packages() -> None:
    folders = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}

    projects = load_projects()

    assert projects.keys() == folders
    assert [project.number for project in projects.values()] == list(range(1, 19))
    assert all(len(one.milestones) == len(one.understand) == 4 for one in projects.values())
