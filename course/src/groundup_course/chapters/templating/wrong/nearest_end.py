"""Takes the nearest end for the end of a block.

first-fail: m3_nested
message: 'for x in row' must have its end, got none
turn: The nearest end belongs to the inner loop.  Searching cannot count what is open; a function
  that calls itself can.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, Token, tokenize

__all__ = ["Template", "TemplateError"]


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        self._tree = parse(list(tokenize(step3.move_left(source))))

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(step3.write(self._tree, context))


def parse(tokens: Sequence[Token]) -> list[Token]:
    """Return the tree."""
    tree: list[Token] = []
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        if token.kind in {"%for", "%if"}:
            inside = rest[: search(rest, f"%end{token.kind[1:]}", token)]
            del rest[: len(inside) + 1]
            middle = len(inside)
            if token.kind == "%if":
                middle = next((at for at, one in enumerate(inside) if one.kind == "%else"), middle)
            body, otherwise = parse(inside[:middle]), parse(inside[middle + 1 :])
            tree.append(token._replace(body=body, otherwise=otherwise))
        elif token.kind in {"text", "value"}:
            tree.append(token)
        else:
            raise TemplateError(f"a tag must be one that fits here, got {token.text!r}", token.line)
    return tree


def search(tokens: Sequence[Token], kind: str, opener: Token) -> int:
    """Return where the next token of a kind stands."""
    for index, token in enumerate(tokens):
        if token.kind == kind:
            return index
    raise TemplateError(f"{opener.text!r} must have its end, got none", opener.line)
