"""Reads any attribute, also those that begin with an underscore.

first-fail: m1_private
message: Template('{{ user._password }}').render({'user': SimpleNamespace(
turn: You read what Python lets you read, and that is everything: from the class of any value a path
  of dots leads to the whole program.
"""

import re
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError, get

__all__ = ["Template", "TemplateError"]

WORDS = re.compile(r"\w+(\.\w+)*")


class Template(step1.Template):
    """Trusts whoever writes templates."""

    def render(self, context: Any) -> str:
        """Write the tokens."""
        return "".join(
            str(self.value(context, text, line)) if kind == "value" else text
            for kind, text, line in self._tokens
        )

    def value(self, names: Any, path: str, line: int) -> Any:
        """Return what a path leads to."""
        if not WORDS.fullmatch(path):
            raise TemplateError(f"a value must be a name, got {path!r}", line)
        for name in path.split("."):
            names = get(names, name, line)
        return names
