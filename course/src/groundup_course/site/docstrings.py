"""Write a docstring so that a page shows what a reader of the source sees.

Markdown takes two things for prose that are none: ``>>>`` begins a quotation, and columns that are
lined up by spaces become one paragraph.  Both are put into fences here, and nothing else changes.
The extension in ``course/theme/`` hands every docstring through on its way to the reference.
"""

import re
from collections.abc import Iterator

__all__ = ["mend_docstring"]

COLUMNS = re.compile(r"\S {3,}\S|[│─►▼┌└├┐┘]")
FENCE = re.compile(r"\s*(```|~~~)")


def mend_docstring(text: str) -> str:
    r"""Return a docstring with its sessions and its tables in fences.

    >>> mend_docstring("Add.\n\n>>> 1 + 1\n2").splitlines()
    ['Add.', '', '```pycon', '>>> 1 + 1', '2', '```']
    """
    if FENCE.search(text):
        return text
    return "\n\n".join(mend_paragraphs(re.split(r"\n[ \t]*\n", text)))


def mend_paragraphs(paragraphs: list[str]) -> Iterator[str]:
    """Yield paragraphs; sessions that follow each other become one."""
    session: list[str] = []
    for paragraph in [*paragraphs, ""]:
        if paragraph.lstrip().startswith(">>> "):
            session.append(paragraph)
            continue
        if session:
            yield fence("\n\n".join(session), "pycon")
            session = []
        if paragraph:
            yield from mend_paragraph(paragraph)


def mend_paragraph(paragraph: str) -> Iterator[str]:
    """Yield the prose of a paragraph, then its session or its table."""
    lines = paragraph.splitlines()
    start = next((at for at, line in enumerate(lines) if line.lstrip().startswith(">>> ")), None)
    if start is not None:  # prose, and a session right below it
        yield "\n".join(lines[:start])
        yield fence("\n".join(lines[start:]), "pycon")
    elif not paragraph.startswith(" ") and sum(bool(COLUMNS.search(line)) for line in lines) > 1:
        yield fence(paragraph, "text")
    else:
        yield paragraph


def fence(text: str, language: str) -> str:
    """Return a block at the indentation of its first line."""
    indent = text[: len(text) - len(text.lstrip())]
    return f"{indent}```{language}\n{text}\n{indent}```"
