"""Puts the loop's name into the dictionary that everybody uses.

first-fail: m2_scope
message: 122'
turn: Your loop writes its name into the names of the whole page, so it is still there afterwards,
  and what stood there before is gone.  Give the body names of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from groundup_course.chapters.templating.steps import step2
from groundup_course.chapters.templating.steps.step2 import TemplateError, Token, find

__all__ = ["Template", "TemplateError"]


class Template(step2.Template):
    """Has one dictionary of names."""

    def render(self, context: Any) -> str:
        """Write the tree."""
        return "".join(self.pieces(self._tree, context))

    def pieces(self, tree: Sequence[Token], names: Any) -> Iterator[str]:
        """Yield the pieces of a page."""
        for token in tree:
            found = step2.FOR.fullmatch(token.text)
            if token.kind == "%for" and found:
                for item in find(names, found[2], token.line):
                    names[found[1]] = item
                    yield from self.pieces(token.body, names)
            else:
                yield from step2.write([token], names)
