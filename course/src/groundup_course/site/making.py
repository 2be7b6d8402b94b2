"""Write every generated file of the site into one folder."""

from collections.abc import Iterator
from pathlib import Path

from groundup_course.site import maps, packages
from groundup_course.site.frame import Frame, load_frame
from groundup_course.site.glossary import tell_terms
from groundup_course.site.life import draw_life
from groundup_course.site.notes import decisions, facts, readme_body

__all__ = ["make", "pieces"]


def make(folder: Path, root: Path) -> list[Path]:
    """Write the files and return their paths; ``root`` is where ``packages/`` lies."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, text in pieces(load_frame(), root):
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def pieces(frame: Frame, root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every file."""
    yield "life.svg", draw_life(frame, None, "")
    for place in frame.places.values():
        number = place.project.number
        yield f"life-{number:02}.svg", draw_life(frame, number, "../")
        yield f"facts-{number:02}.md", facts(frame, place)
        yield f"readme-{number:02}.md", readme_body(frame, root, place.project.name)
    yield "map.svg", maps.draw_map(frame, "../")
    yield "map.md", maps.tabulate(frame)
    house = packages.read_packages(root, frame)
    yield "packages.svg", packages.draw_packages(frame, house, "../")
    yield "packages.md", packages.tabulate(house, frame)
    yield "glossary.md", tell_terms(frame)
    yield "decisions.md", decisions(root)
