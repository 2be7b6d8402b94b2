"""Escapes a value before its filters see it.

first-fail: m4_escape_last
message: got       '&LT;
turn: You escape first and filter then, so filters change the entities: escape as the last thing
  before the value is written.
"""

import re

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import TemplateError

__all__ = ["Template", "TemplateError"]

SHOWN = re.compile(r"show\((filters\['(?!safe).*?)(get\([^()]*\))(\)+)\)$", re.MULTILINE)


class Template(step4.Template):
    """Makes what comes in harmless."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        exec(SHOWN.sub(r"\1show(\2)\3", self.python), self._namespace)
