"""Counts the lines of each piece from one.

first-fail: m1_missing
message: got       1
turn: You count the lines inside of a piece; the line of a tag is that of the whole source, so the
  count goes on from piece to piece.
"""

from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step1.Template):
    """Forgets the lines that it has passed."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Write with lines as they are counted here."""
        return "".join(step1.write([one._replace(line=1) for one in self._tokens], context))
