"""The errors of this package: each knows the template, the line and the column that it is about.

    page.html, line 3, column 6: unknown filter 'lowercsae': did you mean 'lowercase'?
        {{ name | lowercsae }}
                  ^

Lexer, parser and compiler know offsets only, so they raise with ``at``; the template that is being
built fills in the rest by ``place``.  An error that happens while rendering gets its place from the
traceback, because compiled templates carry the line numbers of their source.
"""

from typing import Any, Self

__all__ = [
    "ContextError",
    "LimitError",
    "SandboxError",
    "TemplateError",
    "TemplateNotFound",
    "TemplateSyntaxError",
    "UndefinedError",
    "line_and_column",
    "shorten",
    "suggest",
]

WIDEST_VALUE = 40
WIDEST_EXCERPT = 120  # characters of a source line that an error shows


class TemplateError(ValueError):
    """A template could not be read, compiled or rendered.

    ``name``, ``line`` and ``column`` (both from 1) say where, ``excerpt`` is the line; each is None
    as long as nobody knows.
    """

    def __init__(self, message: str, *, at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.name: str | None = None
        self.line: int | None = None
        self.column: int | None = None
        self.excerpt: str | None = None

    def place(self, name: str, source: str, *, at: int | None = None) -> Self:
        """Say where in which template it happened, unless that is known; return the error."""
        offset = self.at if self.at is not None else at
        if self.line is None and offset is not None:
            self.name = name
            self.line, self.column = line_and_column(source, offset)
            self.excerpt = source.split("\n")[self.line - 1]
        elif self.name is None:
            self.name = name
        return self

    def __str__(self) -> str:
        if self.name is None:
            return self.message
        if self.line is None or self.column is None:
            return f"{self.name}: {self.message}"
        start = max(0, self.column - WIDEST_EXCERPT * 2 // 3)
        shown = (self.excerpt or "")[start : start + WIDEST_EXCERPT].replace("\t", " ")
        caret = " " * (self.column - 1 - start) + "^"
        where = f"{self.name}, line {self.line}, column {self.column}"
        return f"{where}: {self.message}\n    {shown}\n    {caret}"


class TemplateSyntaxError(TemplateError):
    """The template is not written as the language wants it."""


class TemplateNotFound(TemplateError, LookupError):  # noqa: N818 - the name that users know
    """No loader has a template of this name."""


class UndefinedError(TemplateError):
    """A name or attribute was used that the context does not have."""


class SandboxError(TemplateError):
    """The template tried what templates may not do."""


class LimitError(SandboxError):
    """The template asked for more output, iterations, depth or time than it may have."""


class ContextError(TemplateError):
    """A value would stand in a place where no escaping makes it safe."""


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    r"""Return the line and column, both from 1, of an offset in a text.

    >>> line_and_column("ab\ncd", 4)
    (2, 2)
    """
    start = source.rfind("\n", 0, offset) + 1
    return source.count("\n", 0, offset) + 1, offset - start + 1


def suggest(name: str, known: Any) -> str:
    """Return ``: did you mean 'x'?`` when a known name is near, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - costs time to start

    near = get_close_matches(name, [word for word in known if isinstance(word, str)], 3)
    return f": did you mean {' or '.join(map(repr, near))}?" if near else ""


def shorten(value: object) -> str:
    """Return the repr of a value, cut to what fits into a message."""
    text = repr(value)
    return text if len(text) <= WIDEST_VALUE else text[: WIDEST_VALUE - 3] + "..."
