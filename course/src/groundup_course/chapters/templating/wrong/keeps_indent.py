r"""Leaves the lines of a block where they are.

first-fail: m3_indent
message: got       '<ul>\n      <li>\n
turn: The body of your block keeps the indent that it has in the template; the block is gone, so
  move it to where its tag stood.
"""

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, parse, tokenize

__all__ = ["Template", "TemplateError"]


class Template(step3.Template):
    """Moves nothing."""

    def __init__(self, source: str) -> None:
        self._tree, _ = parse(tokenize(source))
