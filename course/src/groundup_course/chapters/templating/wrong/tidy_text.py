"""Strips the white space around what it finds between tags.

first-fail: m1_text
message: got       'body {
turn: White space belongs to the text: strip what is inside of the braces, and nothing outside of
  them.
"""

from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step1.Template):
    """Tidies up."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Strip each text."""
        tokens = [one._replace(text=one.text.strip()) for one in self._tokens]
        return "".join(step1.write(tokens, context))
