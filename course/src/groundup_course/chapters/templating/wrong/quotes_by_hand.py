"""Puts text into Python between quotes of its own.

first-fail: m4_quotes
message: SyntaxError
turn: You write text between three quotes, and whoever writes three quotes into a template ends it:
  from there on the text is your program.
"""

from collections.abc import Iterable, Iterator, Mapping

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import TemplateError, Token

__all__ = ["Template", "TemplateError"]


def write(tree: Iterable[Token], scope: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield the Python of a tree without blocks."""
    for token in tree:
        if token.kind == "text":
            yield f"{indent}out('''{token.text}''')"
        else:
            yield from step4.write([token], scope, indent)


class Template(step4.Template):
    """Knows that text may have lines, and takes three quotes."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        tree, _ = step4.parse(step4.tokenize(step4.move_left(source)))
        self.python = "\n".join(["def render(names, out):", *write(tree, {}, "    ")])
        exec(self.python, self._namespace)
