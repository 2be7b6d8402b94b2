"""Keeps only what the last item has made of the loop's body.

first-fail: m2_loop
message: ^ character 2: expected '0'
turn: Each round writes over what the round before it has made: add to what is there.
"""

from collections.abc import Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step2
from groundup_course.chapters.templating.steps.step2 import TemplateError, Token, find

__all__ = ["Template", "TemplateError"]


class Template(step2.Template):
    """Renders rounds of loops into one variable."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Write the tree."""
        return "".join(self.piece(token, context) for token in self._tree)

    def piece(self, token: Token, names: Mapping[str, Any]) -> str:
        """Return the text of a token."""
        found = step2.FOR.fullmatch(token.text)
        if token.kind != "%for" or found is None:
            return "".join(step2.write([token], names))
        text = ""
        for item in find(names, found[2], token.line):
            inner = {**names, found[1]: item}
            text = "".join(self.piece(one, inner) for one in token.body)
        return text
