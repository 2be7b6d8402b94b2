"""Escapes angle brackets and nothing else.

first-fail: m4_escape
message: no < > " or ' of the value
turn: A quote ends an attribute as surely as a bracket begins a tag: five characters can change a
  page, and you escape two.
"""

from typing import Any

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import TemplateError

__all__ = ["Template", "TemplateError"]


def show(value: Any) -> str:
    """Return a value without tags."""
    text = str(value)
    return text if isinstance(value, step4.Safe) else text.replace("<", "&lt;").replace(">", "&gt;")


class Template(step4.Template):
    """Thinks of tags only."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._namespace["show"] = show
