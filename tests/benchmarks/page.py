"""Make the page of the docs from ``results.json``: tables, plots and what they mean.

    page.md, results.json ── render ──► course/docs/benchmarks.md, course/docs/benchmarks/*.svg

All of it is committed, so that building the docs measures nothing; a test holds that the page is
what these results give.  The words are in ``page.md``, the figures come from `sections`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from tests.benchmarks import sections
from tests.benchmarks.svg import Picture

RESULTS = Path(__file__).with_name("results.json")
WORDS = Path(__file__).with_name("page.md")
DOCS = Path(__file__).parents[2] / "course" / "docs"
PAGE, PICTURES = "benchmarks.md", "benchmarks"


def render(results: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of the page by their paths below the docs."""
    pictures: dict[str, Picture] = {}
    figures = {make.__name__: make(results) for make in sections.WORDS}
    for draw in sections.DRAWN:
        figures[draw.__name__] = draw(results, pictures)
    words = Template(WORDS.read_text("utf-8")).substitute(figures)
    return {
        PAGE: words,
        **{f"{PICTURES}/{name}.svg": str(picture) for name, picture in pictures.items()},
    }


def read() -> dict[str, Any]:
    """Return the committed results."""
    results: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return results


def write() -> None:
    """Write the page and its pictures; pictures that it no longer has are removed."""
    files = render(read())
    (DOCS / PICTURES).mkdir(exist_ok=True)
    for path in (DOCS / PICTURES).glob("*.svg"):
        if f"{PICTURES}/{path.name}" not in files:
            path.unlink()
    for name, text in files.items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote course/docs/{name}")
