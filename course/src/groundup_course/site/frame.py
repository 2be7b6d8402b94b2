"""The frame of the course: phases, stages of a request's life, and each chapter's place in them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from groundup_course.chapter import CHAPTERS, load_chapter
from groundup_course.errors import CourseError
from groundup_course.projects import Project, load_projects

__all__ = ["Frame", "Phase", "Place", "Stage", "load_frame", "slug"]

FILE = Path(__file__).with_name("frame.toml")
LAST = "capstone"  # needs all others; no map draws seventeen arrows for that


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the five phases: its chapters as they are read, and each one's column on the map."""

    title: str
    weeks: str
    way: str
    end: str
    chapters: tuple[str, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a request's life, with the chapters that build it."""

    name: str
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the maps know of one chapter; ``complete`` says that it has programs and tests."""

    project: Project
    level: str
    time: str
    what: str
    needs: tuple[str, ...]
    terms: tuple[str, ...]
    complete: bool

    @property
    def label(self) -> str:
        """Number and name, as in a picture."""
        return f"{self.project.number} {self.project.name}"

    @property
    def page(self) -> str:
        """The name of its page."""
        return slug(self.project)


@dataclass(frozen=True, slots=True)
class Frame:
    """All of it."""

    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]
    places: Mapping[str, Place]

    def unlocks(self, name: str) -> tuple[str, ...]:
        """Return the chapters that build on one."""
        return tuple(other for other, place in self.places.items() if name in place.needs)


def slug(project: Project) -> str:
    """Return the name of a chapter's page: ``03-router``."""
    return f"{project.number:02}-{project.name}"


def load_frame() -> Frame:
    """Return the frame, with what the finished chapters say of themselves."""
    return read_frame(read_chapters())


def read_chapters() -> dict[str, dict[str, Any]]:
    """Return level, minutes, needs, unlocks and terms of each chapter that has a chapter.toml."""
    told: dict[str, dict[str, Any]] = {}
    for path in sorted(CHAPTERS.glob("*/chapter.toml")):
        try:
            chapter = load_chapter(path.parent.name)
        except CourseError:  # being written: the frame's own words stand until it can be read
            continue
        told[chapter.name] = {
            "level": chapter.level,
            "time": spell_minutes(sum(chapter.minutes)),
            "needs": chapter.needs,
            "unlocks": chapter.unlocks,
            "terms": chapter.terms,
        }
    return told


def read_frame(told: Mapping[str, Mapping[str, Any]]) -> Frame:
    """Return the frame; ``told`` is what chapters say of themselves."""
    table = frame_table()
    places: dict[str, Place] = {}
    for name, project in load_projects().items():
        facts = {**table["chapters"][name], **told.get(name, {})}
        unlocked = {other for other, one in told.items() if name in one["unlocks"]}
        needs = {*facts["needs"], *unlocked} - {LAST}
        ordered = tuple(other for other in load_projects() if other in needs and name != LAST)
        terms = tuple(facts.get("terms", ()))
        place = Place(
            project, facts["level"], facts["time"], facts["what"], ordered, terms, name in told
        )
        places[name] = place
    return Frame(
        tuple(map(read_phase, table["phases"])),
        tuple(Stage(one["name"], tuple(one["chapters"])) for one in table["stages"]),
        places,
    )


def read_phase(one: Mapping[str, Any]) -> Phase:
    """Return a phase."""
    columns = tuple(one.get("columns", range(len(one["chapters"]))))
    words = (one["title"], one["weeks"], one["way"], one["end"])
    return Phase(*words, tuple(one["chapters"]), columns)


@cache
def frame_table() -> dict[str, Any]:
    """Return what frame.toml says."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def spell_minutes(minutes: int) -> str:
    """Return a time in words.

    >>> spell_minutes(170), spell_minutes(45), spell_minutes(120)
    ('2 h 50 min', '45 min', '2 h')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])
