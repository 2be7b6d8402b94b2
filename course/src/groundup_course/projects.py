"""The eighteen projects of the course: their titles, and the titles of their milestones."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Project", "load_projects"]

FILE = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """One project: ``understand`` says what each milestone shows that its builder knows."""

    number: int
    name: str
    title: str
    milestones: tuple[str, ...]
    understand: tuple[str, ...]


@cache
def load_projects() -> dict[str, Project]:
    """Return the projects by the name of their package, in order."""
    table: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Project(
            one["number"], name, one["title"], tuple(one["milestones"]), tuple(one["understand"])
        )
        for name, one in table.items()
    }
