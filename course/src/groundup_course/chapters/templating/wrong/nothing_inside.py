"""Writes no Python for a block with nothing in it.

first-fail: m3_empty
message: IndentationError
turn: A block of Python needs at least one line, and a block of a template needs none: write
  something harmless into an empty one.
"""

from collections.abc import Iterable, Iterator, Mapping

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import FOR, IF, TemplateError, Token, find

__all__ = ["Template", "TemplateError"]


class Template(step4.Template):
    """Leaves empty text out."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        tree, _ = step4.parse(step4.tokenize(step4.move_left(source)))
        self.python = "\n".join(["def render(names, out):", "    pass", *write(tree, {}, "    ")])
        exec(self.python, self._namespace)


def write(tree: Iterable[Token], scope: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield the Python that writes a tree."""
    for kind, text, line, body, otherwise in tree:
        if kind == "%for" and (found := FOR.fullmatch(text)):
            variable = f"{found[1]}_{len(indent) // 4}"
            yield f"{indent}for {variable} in {find(scope, found[2], line)}:"
            yield from write(body, {**scope, found[1]: variable}, indent + "    ")
        elif kind == "%if" and (found := IF.fullmatch(text)):
            yield f"{indent}if {'not ' if found[1] else ''}{find(scope, found[2], line)}:"
            yield from write(body, scope, indent + "    ")
            if otherwise:
                yield f"{indent}else:"
                yield from write(otherwise, scope, indent + "    ")
        elif text:
            code = repr(text) if kind == "text" else f"show({find(scope, text, line)})"
            yield f"{indent}out({code})"
