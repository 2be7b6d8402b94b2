"""A template engine: text with {{ values }} in it becomes the text of a page."""

from collections.abc import Mapping
from typing import Any


class TemplateError(ValueError):
    """What is wrong with a template, and in which line of it."""

    line: int

    def __init__(self, message: str, line: int) -> None:
        """Keep the line, and say it in the message."""


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        """Read the source; a mistake in it is a TemplateError."""

    def render(self, context: Mapping[str, Any]) -> str:  # type: ignore[empty-body]  # yours to write
        """Return the text with the values of a context."""
