r"""Leaves the line of a tag behind.

first-fail: m2_lines
message: got       '<ul>\n\n<li>
turn: The tag goes, and its line stays: a page with many blocks gets many empty lines.
"""

from groundup_course.chapters.templating.steps import step2
from groundup_course.chapters.templating.steps.step2 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step2.Template):
    """Sees no tag alone in its line."""

    def __init__(self, source: str) -> None:
        # A comment that is never shown stands between each tag and its line: none is alone.
        super().__init__(source.replace("%}", "%}\0"))
        self._tree = [self.clean(token) for token in self._tree]

    def clean(self, token: step2.Token) -> step2.Token:
        """Take the marks out again."""
        body = [self.clean(one) for one in token.body]
        return token._replace(text=token.text.replace("\0", ""), body=body)
