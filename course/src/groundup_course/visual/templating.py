"""A template's way: its words, its tree, where each value stands, and the Python that runs.

Each stage is the text of the package's own ``explain``, which says for each of its lines from which
line of the template it came: those light up together.
"""

import re
from collections.abc import Iterable
from html import escape

from groundup_templating import Explanation, TemplateError, explain

__all__ = ["draw"]

WORD = re.compile(r"(\d+):\d+")
PLACE = re.compile(r"line (\d+):")


def draw(template: str) -> str:
    """Return the picture: the template and its four stages, one below the other."""
    try:
        found: Explanation = explain(template)
    except TemplateError as error:
        return f'<pre class="visual-error" role="alert">{escape(str(error))}</pre>'
    lines = template.splitlines()
    stages = (
        ("The template", [(str(at), line) for at, line in enumerate(lines, 1)]),
        ("Its words", [(first(WORD, line), line) for line in found.tokens.splitlines()]),
        ("The tree", number(found.tree, found.tree_lines)),
        ("Where values stand", [(first(PLACE, str(place)), str(place)) for place in found.places]),
        ("The Python that runs", number(found.python.rstrip("\n"), found.python_lines)),
    )
    return '<div class="stages">' + "".join(stage(*one) for one in stages) + "</div>"


def number(text: str, lines: Iterable[int]) -> list[tuple[str, str]]:
    """Return the lines of a stage with the line of the template that each came from."""
    return [(str(at or ""), line) for line, at in zip(text.split("\n"), lines, strict=False)]


def first(pattern: re.Pattern[str], line: str) -> str:
    """Return the line of the template that a line of a stage is about, or nothing."""
    match = pattern.match(line)
    return match[1] if match else ""


def stage(title: str, lines: Iterable[tuple[str, str]]) -> str:
    """Return one stage: a heading and its lines."""
    shown = "\n".join(
        f'<span data-part="{part}" tabindex="0">{escape(line)}</span>' if part else escape(line)
        for part, line in lines
    )
    return f'<section><h4>{title}</h4><pre tabindex="0">{shown}</pre></section>'
