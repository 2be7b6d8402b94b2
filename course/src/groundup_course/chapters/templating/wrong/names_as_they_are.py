"""Uses the names of a template as variables of Python.

first-fail: m4_names
message: SyntaxError
turn: A name in a template may be a word of Python, or a name that your engine uses itself.  Give
  variables names that no template can write.
"""

from collections.abc import Iterable, Iterator, Mapping

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import FOR, IF, TemplateError, Token, find

__all__ = ["Template", "TemplateError"]


class Template(step4.Template):
    """Writes loops as one would by hand."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        tree, _ = step4.parse(step4.tokenize(step4.move_left(source)))
        self.python = "\n".join(["def render(names, out):", *write(tree, {}, "    ")])
        exec(self.python, self._namespace)


def write(tree: Iterable[Token], scope: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield the Python that writes a tree."""
    for kind, text, line, body, otherwise in tree:
        if kind == "%for" and (found := FOR.fullmatch(text)):
            variable = found[1] if found[1] not in scope else f"{found[1]}_{len(scope)}"
            yield f"{indent}for {variable} in {find(scope, found[2], line)}:"
            yield from write(body, {**scope, found[1]: variable}, indent + "    ")
        elif kind == "%if" and (found := IF.fullmatch(text)):
            yield f"{indent}if {'not ' if found[1] else ''}{find(scope, found[2], line)}:"
            yield from write(body, scope, indent + "    ")
            if otherwise:
                yield f"{indent}else:"
                yield from write(otherwise, scope, indent + "    ")
        elif kind in {"text", "value"}:
            code = repr(text) if kind == "text" else f"show({find(scope, text, line)})"
            yield f"{indent}out({code})"
