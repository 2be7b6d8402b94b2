"""The glossary: one line for each term, and where it is explained."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from groundup_course.site.frame import Frame

__all__ = ["Term", "read_terms", "tell_terms"]

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True, slots=True)
class Term:
    """A term, what it means, and the chapters that are about it."""

    name: str
    text: str
    chapters: tuple[str, ...]


def read_terms(frame: Frame) -> list[Term]:
    """Return the terms of the list and of the chapters, in the order of the alphabet."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    terms = {name: Term(name, one["is"], tuple(one["in"])) for name, one in table.items()}
    known = {name.lower(): name for name in terms}
    for chapter, place in frame.places.items():
        for word in place.terms:
            name = known.setdefault(word.lower(), word)
            old = terms.get(name, Term(name, "", ()))
            chapters = tuple(dict.fromkeys((*old.chapters, chapter)))
            terms[name] = Term(name, old.text, chapters)
    return sorted(terms.values(), key=lambda term: term.name.lower())


def tell_terms(frame: Frame) -> str:
    """Return the glossary as a list of definitions."""
    lines: list[str] = []
    for term in read_terms(frame):
        places = [frame.places[name] for name in term.chapters]
        where = ", ".join(f"[{place.project.name}]({place.page}.md)" for place in places)
        anchor = "".join(char if char.isalnum() else "-" for char in term.name.lower())
        text = term.text or "Defined where the chapter first uses it."
        lines += [f'<span id="{anchor}">{term.name}</span>', f":   {text} {where}", ""]
    return "\n".join(lines)
