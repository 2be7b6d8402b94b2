"""The package map: who imports whom, read from what each package declares."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from groundup_course.site.drawing import Sheet, picture, reduce
from groundup_course.site.frame import LAST, Frame

__all__ = ["Package", "draw_packages", "read_packages", "tabulate"]

NAME = re.compile(r"[\w.-]+")
HIGH, FLOOR = 26.0, 74.0


@dataclass(frozen=True, slots=True)
class Package:
    """What a package's metadata says: siblings, and others with the extra that brings them."""

    name: str
    siblings: tuple[str, ...]
    others: tuple[str, ...]


def read_packages(root: Path, frame: Frame) -> dict[str, Package]:
    """Return the packages in the order of the chapters."""
    return {name: read_package(root, name) for name in frame.places}


def read_package(root: Path, name: str) -> Package:
    """Return one package."""
    text = (root / "packages" / name / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    needed = [found[0] for one in project.get("dependencies", []) if (found := NAME.match(one))]
    siblings = tuple(one.removeprefix("groundup-") for one in needed if "groundup" in one)
    others = [one for one in needed if "groundup" not in one]
    for extra, wanted in project.get("optional-dependencies", {}).items():
        brought = [match[0] for one in wanted if (match := NAME.match(one))]
        others += [f"{one} (extra {extra})" for one in brought if "groundup" not in one]
    return Package(name, siblings, tuple(others))


def floors(packages: dict[str, Package]) -> list[list[str]]:
    """Return the packages by floor: each stands one above the highest that it imports."""

    @cache
    def floor(name: str) -> int:
        return max((floor(other) + 1 for other in packages[name].siblings), default=0)

    top = max(map(floor, packages))
    return [[name for name in packages if floor(name) == level] for level in range(top + 1)]


def draw_packages(frame: Frame, packages: dict[str, Package], prefix: str) -> str:
    """Return the picture: an arrow leads from each package down to what it imports."""
    told = " ".join(
        f"{name} imports {', '.join(one.siblings)}." if name != LAST else f"{name} imports all."
        for name, one in packages.items()
        if one.siblings
    )
    title = "The house: eighteen packages on six floors"
    levels = floors(packages)
    wide = Layout(frame, packages, prefix, 720, 8).draw(levels)
    return picture(
        "packages", title, told, wide, Layout(frame, packages, prefix, 352, 4).draw(levels)
    )


class Layout:
    """One layout of the house."""

    def __init__(
        self, frame: Frame, packages: dict[str, Package], prefix: str, width: float, columns: int
    ) -> None:
        self._frame = frame
        self._packages = packages
        self._prefix = prefix
        self._width = width
        self._columns = columns
        self._box = width / columns - 6

    def draw(self, levels: list[list[str]]) -> Sheet:
        """Return the sheet; the highest floor is at the top."""
        rows: list[list[str]] = []
        for level in reversed(levels):
            rows += [level[at : at + self._columns] for at in range(0, len(level), self._columns)]
        sheet = Sheet(self._width, (len(rows) - 1) * FLOOR + HIGH + 8)
        spots: dict[str, tuple[float, float]] = {}
        for index, row in enumerate(rows):
            gap = self._width / len(row)
            for at, name in enumerate(row):
                spots[name] = (at * gap + gap / 2, 4 + index * FLOOR)
        direct = reduce({name: one.siblings for name, one in self._packages.items()})
        for name, (x, y) in spots.items():
            whole = name == LAST
            box = self._width - 8 if whole else self._box
            place = self._frame.places[name]
            note = "imports all of them" if whole else ""
            href = f"{self._prefix}reference/{name}/"
            sheet.box(x - box / 2, y, box, HIGH, name, href=href, title=place.what, note=note)
            for other in () if whole else direct[name]:
                sheet.curve((x, y + HIGH), spots[other])
        return sheet


def tabulate(packages: dict[str, Package], frame: Frame) -> str:
    """Return who imports whom as a table."""
    lines = ["| package | imports | imported by | from elsewhere |", "| --- | --- | --- | --- |"]
    for name, one in packages.items():
        above = [other for other, two in packages.items() if name in two.siblings and other != LAST]
        below = "all seventeen" if name == LAST else ", ".join(one.siblings) or "nothing"
        by = ", ".join([*above, LAST]) if name != LAST else "your site"
        link = f"[{name}]({frame.places[name].page}.md)"
        lines.append(f"| {link} | {below} | {by} | {', '.join(one.others)} |")
    return "\n".join(lines) + "\n"
