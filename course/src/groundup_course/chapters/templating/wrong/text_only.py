"""Joins values without making text of them.

first-fail: m1_value
message: expected str instance, int found
turn: A value may be anything, a number for example; make text of it before you join.
"""

from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError, find

__all__ = ["Template", "TemplateError"]


class Template(step1.Template):
    """Believes that all values are text."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Join text and values."""
        return "".join(
            text if kind == "text" else find(context, text, line)
            for kind, text, line in self._tokens
        )
