"""What a page of notes shows: the facts of the chapter, and the README of the package.

The README is the one text on a package.  It is taken as it is, below its first heading; links that
lead into the repository are turned to the page of the site, or to plain words where there is none.
"""

import re
from pathlib import Path

from groundup_course.site.frame import LAST, Frame, Place

__all__ = ["decisions", "facts", "readme_body"]

LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")
PAGE = re.compile(r"(?:\.\./)*course/docs/([\w-]+\.md)")
HEADING = re.compile(r"^(#+ )", re.MULTILINE)
SIBLING = re.compile(r"\.\./([a-z]+)/?(?:README\.md)?")


def facts(frame: Frame, place: Place) -> str:
    """Return the line under the title of a chapter: level, time, what it needs and unlocks."""
    name = place.project.name
    others = [other for other in frame.places if other != LAST]
    needs = "all others" if name == LAST else links(frame, place.needs) or "nothing before it"
    unlocks = links(frame, frame.unlocks(name)) or links(frame, (LAST,) if name in others else ())
    parts = [
        f"Level: {place.level}",
        f"to build your own: {place.time}",
        f"needs: {needs}",
        *([f"unlocks: {unlocks}"] if unlocks else []),
        f"[API reference](reference/{name}.md)",
    ]
    return " · ".join(parts) + "\n{ .facts }\n"


def links(frame: Frame, names: tuple[str, ...]) -> str:
    """Return names of chapters as links."""
    return ", ".join(f"[{name}]({frame.places[name].page}.md)" for name in names)


def readme_body(frame: Frame, root: Path, name: str) -> str:
    """Return a package's README without its title, with links that work on the site."""
    text = (root / "packages" / name / "README.md").read_text(encoding="utf-8")
    _, _, body = text.partition("\n")

    def mend(match: re.Match[str]) -> str:
        words, target = match.groups()
        if page := PAGE.fullmatch(target):
            return f"[{words}]({page[1]})"
        if (sibling := SIBLING.fullmatch(target)) and sibling[1] in frame.places:
            return f"[{words}]({frame.places[sibling[1]].page}.md)"
        return words

    return LINK.sub(mend, body.lstrip("\n"))


def decisions(root: Path) -> str:
    """Return all decision records, each heading one level further down."""
    records = sorted((root / "course/decisions").glob("[0-9]*.md"))
    texts = (path.read_text(encoding="utf-8").strip() for path in records)
    return "\n\n".join(HEADING.sub(r"#\1", text) for text in texts) + "\n"
