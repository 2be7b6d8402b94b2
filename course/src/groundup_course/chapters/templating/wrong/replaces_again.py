"""Replaces tags in the text, one name after the other, until none is left.

first-fail: m1_once
message: ^ character 0: expected '{'
turn: Your values go through the search again, so a value with braces in it is read as a template.
  Cut the source once, and only join afterwards.
"""

import re
from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps.step1 import TemplateError, find, tokenize

__all__ = ["Template", "TemplateError"]


class Template:
    """A text with holes."""

    def __init__(self, source: str) -> None:
        self._source = source
        list(tokenize(source))

    def render(self, context: Mapping[str, Any]) -> str:
        """Replace the first tag as long as there is one."""
        text = self._source
        while found := re.search(r"{{(.*?)}}", text, re.DOTALL):
            line = 1 + text.count("\n", 0, found.start())
            value = find(context, found[1].strip(), line)
            text = text[: found.start()] + str(value) + text[found.end() :]
        return text
