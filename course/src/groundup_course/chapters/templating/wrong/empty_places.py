r"""Writes nothing where a name is missing.

first-fail: m1_missing
message: got       '<p>\n1\n\n</p>'
turn: A name that is missing becomes an empty place here, and a typing mistake becomes a page with a
  hole in it that nobody notices.
"""

from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError, Token

__all__ = ["Template", "TemplateError"]


class Template(step1.Template):
    """Asks for as little as possible."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Write what is found."""
        return "".join(self.write(token, context) for token in self._tokens)

    def write(self, token: Token, context: Mapping[str, Any]) -> str:
        """Return a text or a value, and nothing for what is missing."""
        try:
            return "".join(step1.write([token], context))
        except TemplateError as error:
            if "must be there" in str(error):
                return ""
            raise
