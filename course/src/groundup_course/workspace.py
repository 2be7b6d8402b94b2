"""The learner's folder: one file for each chapter, and a record of how far they have come.

my_router.py               the learner's; nobody else writes to it after `new`
.groundup/progress.json    plain JSON without paths: it may be copied, read, kept in git
.groundup/report.json      who served what, the last time the blog ran
.groundup/replaced/        what `reset` has taken away
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

from groundup_course.chapter import Chapter, chapter_names, load_chapter
from groundup_course.errors import WorkspaceError
from groundup_course.verdict import Verdict

__all__ = ["Workspace"]

FOLDER = ".groundup"
VERSION = 1


class Workspace:
    """A folder in which somebody learns."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.progress = self._read()

    @classmethod
    def find(cls, start: Path) -> "Workspace":
        """Return the workspace that a folder is in.

        Raises:
            WorkspaceError: It is in none.
        """
        for folder in (start, *start.parents):
            if (folder / FOLDER).is_dir():
                return cls(folder)
        raise WorkspaceError(
            f"no workspace in {start} or above it: begin one with `groundup learn new router`"
        )

    @classmethod
    def find_or_create(cls, start: Path) -> "Workspace":
        """Return the workspace that a folder is in, or make the folder one."""
        try:
            return cls.find(start)
        except WorkspaceError:
            try:
                (start / FOLDER).mkdir()
            except OSError as error:
                raise WorkspaceError(f"cannot write to {start}: {error.strerror}") from error
            return cls(start)

    def _read(self) -> dict[str, Any]:
        path = self.root / FOLDER / "progress.json"
        if not path.is_file():
            return {"version": VERSION, "current": "", "chapters": {}, "plugged": []}
        found: Any = None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            valid = (
                found["version"] == VERSION
                and isinstance(found["chapters"], dict)
                and isinstance(found["plugged"], list)
                and isinstance(found["current"], str)
            )
        except (OSError, ValueError, KeyError, TypeError):
            valid = False
        if not valid:
            raise WorkspaceError(
                f"{FOLDER}/progress.json must be as `groundup learn` wrote it: mend it, or delete"
                " it and run `groundup learn check --all`, which counts again"
            )
        return cast("dict[str, Any]", found)

    def save(self) -> None:
        """Write the record, whole or not at all."""
        text = json.dumps(self.progress, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        self.write_file("progress.json", text)

    def write_file(self, name: str, text: str) -> None:
        """Write a file of ours, whole or not at all.

        Raises:
            WorkspaceError: The folder cannot be written to.
        """
        path = self.root / FOLDER / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(path.name + ".new")
            temporary.write_text(text, encoding="utf-8", newline="\n")
            temporary.replace(path)
        except OSError as error:
            raise WorkspaceError(f"cannot write to {self.root}: {error.strerror}") from error

    def read_file(self, name: str) -> dict[str, Any]:
        """Return what a JSON file of ours holds; nothing if it is not there or broken."""
        try:
            text = (self.root / FOLDER / name).read_text(encoding="utf-8")
            return cast("dict[str, Any]", json.loads(text))
        except (OSError, ValueError):
            return {}

    # -- chapters -------------------------------------------------------------------------------

    def file(self, chapter: Chapter) -> Path:
        """Return where the learner's version of a chapter is."""
        return self.root / f"{chapter.module}.py"

    def record(self, chapter: Chapter) -> dict[str, Any]:
        """Return what is known of a chapter, to be changed in place."""
        empty: dict[str, Any] = {"passed": {}, "hints": {}, "revealed": [], "checks": 0}
        record: dict[str, Any] = self.progress["chapters"].setdefault(chapter.name, empty)
        for key, value in empty.items():
            record.setdefault(key, value)
        return record

    def reached(self, chapter: Chapter) -> int:
        """Return the last milestone that was passed together with all before it."""
        passed = self.progress["chapters"].get(chapter.name, {}).get("passed", {})
        reached = 0
        while str(reached + 1) in passed:
            reached += 1
        return reached

    def started(self) -> Iterator[Chapter]:
        """Yield the chapters that the learner has a file for."""
        for name in chapter_names():
            chapter = load_chapter(name)
            if self.file(chapter).is_file():
                yield chapter

    def choose(self, name: str | None) -> Chapter:
        """Return the chapter that is named, or the one that was worked on last.

        Raises:
            WorkspaceError: There is none.
        """
        if name:
            return load_chapter(name)
        if current := self.progress["current"]:
            return load_chapter(current)
        raise WorkspaceError("no chapter was begun: `groundup learn new router` begins one")

    def begin(self, chapter: Chapter) -> Path:
        """Give the learner the start of a chapter.

        Raises:
            WorkspaceError: There is a file of this name already.
        """
        path = self.file(chapter)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(chapter.steps[0].read_text(encoding="utf-8"))
        except FileExistsError:
            raise WorkspaceError(
                f"{path.name} is there already: `groundup learn check {chapter.name}` goes on with"
                f" it, `groundup learn reset {chapter.name}` begins anew"
            ) from None
        except OSError as error:
            raise WorkspaceError(f"cannot write {path.name}: {error.strerror}") from error
        self.record(chapter)
        self.progress["current"] = chapter.name
        self.save()
        return path

    def reset(self, chapter: Chapter) -> Path | None:
        """Begin a chapter anew; what the learner had is kept aside and its place returned."""
        path, kept = self.file(chapter), None
        if path.is_file():
            folder = self.root / FOLDER / "replaced"
            folder.mkdir(parents=True, exist_ok=True)
            number = sum(1 for _ in folder.glob(f"{chapter.module}.*.py")) + 1
            kept = path.replace(folder / f"{chapter.module}.{number}.py")
        self.progress["chapters"].pop(chapter.name, None)
        self.begin(chapter)
        return kept

    def note(self, chapter: Chapter, verdict: Verdict) -> list[int]:
        """Record a verdict and return the milestones that are new.

        What was passed once and is broken now counts as not passed: the record says how things are.
        """
        record = self.record(chapter)
        before = self.reached(chapter)
        passed: dict[str, str] = record["passed"]
        for number in range(1, verdict.upto + 1):
            if number <= verdict.reached:
                passed.setdefault(str(number), date.today().isoformat())  # noqa: DTZ011 - the learner's day
            else:
                passed.pop(str(number), None)
        record["checks"] += 1
        self.progress["current"] = chapter.name
        self.save()
        return list(range(before + 1, verdict.reached + 1))
