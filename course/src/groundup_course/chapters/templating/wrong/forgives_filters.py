"""Skips a filter that it does not know.

first-fail: m4_unknown
message: got       ''
turn: A filter that does not exist is a mistake of whoever wrote the template: say so when the
  template is made, not when somebody sees the page, and do not skip it.
"""

import re

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step4.Template):
    """Uses the filters that there are."""

    def __init__(self, source: str) -> None:
        super().__init__(re.sub(r"\|\s*(\w*)", self.keep, source))

    def keep(self, found: re.Match[str]) -> str:
        """Return a filter, or nothing."""
        return found[0] if found[1] in step4.FILTERS else ""
