"""Looks the list of a loop up by its whole path.

first-fail: m2_path
message: 'team.users' must be there
turn: What stands behind `in` is a path like any other value; look it up in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundup_course.chapters.templating.steps import step2
from groundup_course.chapters.templating.steps.step2 import TemplateError, Token, get

__all__ = ["Template", "TemplateError"]


class Template(step2.Template):
    """Finds lists by one name."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Write the tree."""
        return "".join(self.pieces(self._tree, context))

    def pieces(self, tree: Sequence[Token], names: Mapping[str, Any]) -> Iterator[str]:
        """Yield the pieces of a page."""
        for token in tree:
            found = step2.FOR.fullmatch(token.text)
            if token.kind == "%for" and found:
                for item in get(names, found[2], token.line):
                    yield from self.pieces(token.body, {**names, found[1]: item})
            else:
                yield from step2.write([token], names)
