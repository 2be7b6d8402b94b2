"""Knows items, but no attributes.

first-fail: m1_path
message: SimpleNamespace' object is not subscriptable
turn: A dot means an item of a dictionary or an attribute of any other object; you ask for items
  only.
"""

from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step1.Template):
    """Reads dictionaries of dictionaries."""

    def render(self, context: Any) -> str:
        """Look every name up with brackets."""
        pieces = [
            self.value(text, context, line) if kind == "value" else text
            for kind, text, line in self._tokens
        ]
        return "".join(pieces)

    def value(self, path: str, context: Any, line: int) -> str:
        """Return the text of a value."""
        if not step1.PATH.fullmatch(path):
            raise TemplateError(f"a value must be a name, got {path!r}", line)
        for name in path.split("."):
            try:
                context = context[name]
            except KeyError:
                raise TemplateError(f"{name!r} must be there, got nothing", line) from None
        return str(context)
