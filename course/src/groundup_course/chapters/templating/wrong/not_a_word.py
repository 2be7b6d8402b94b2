"""Takes every condition that begins with the letters of `not` for a negation.

first-fail: m3_not
message: 'hing': 0})
turn: You look at the first three letters: `nothing` begins with them, too.  A word ends at a space.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, Token, find

__all__ = ["Template", "TemplateError"]

IF = re.compile(r"if\s+(not)?\s*(.+)")


class Template(step3.Template):
    """Needs no space."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(write(self._tree, context))


def write(tree: Sequence[Token], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a page."""
    for token in tree:
        found = IF.fullmatch(token.text)
        if token.kind == "%if" and found:
            wanted = bool(find(names, found[2], token.line)) is not bool(found[1])
            yield from write(token.body if wanted else token.otherwise, names)
        else:
            yield from step3.write([token], names)
