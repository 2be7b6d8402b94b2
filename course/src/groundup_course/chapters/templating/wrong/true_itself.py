"""Takes only True itself for true.

first-fail: m3_if
message: 'x': 1}
turn: A condition asks whether there is something, not whether it is the object True: a list with
  items and a text with letters hold, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, Token, find

__all__ = ["Template", "TemplateError"]


class Template(step3.Template):
    """Wants booleans."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(write(self._tree, context))


def write(tree: Sequence[Token], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a page."""
    for token in tree:
        found = step3.IF.fullmatch(token.text)
        if token.kind == "%if" and found:
            wanted = (find(names, found[2], token.line) is True) is not bool(found[1])
            yield from write(token.body if wanted else token.otherwise, names)
        else:
            yield from step3.write([token], names)
