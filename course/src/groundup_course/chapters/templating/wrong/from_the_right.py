"""Applies filters from the right to the left.

first-fail: m4_chain
message: {{ x | lowercase | title }}
turn: The first filter sees the value and the next one what it has made; yours go the other way.
"""

import re

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step4.Template):
    """Turns chains of filters round."""

    def __init__(self, source: str) -> None:
        super().__init__(re.sub(r"{{(.*?)}}", self.turn, source, flags=re.DOTALL))

    def turn(self, found: re.Match[str]) -> str:
        """Return a value with its filters in reverse order."""
        path, *filters = found[1].split("|")
        return "{{" + "|".join([path, *reversed(filters)]) + "}}"
