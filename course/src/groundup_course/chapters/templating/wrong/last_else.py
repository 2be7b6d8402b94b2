"""Gives an else to the block that was opened first.

first-fail: m3_deep
message: that fits here, got 'else'
turn: With two blocks open, your `else` goes to the outer one.  It belongs to the one that was
  opened last and is not closed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, Token, tokenize

__all__ = ["Template", "TemplateError"]


class Block:
    """A block that is open."""

    def __init__(self, token: Token) -> None:
        self.token, self.parts, self.part = token, (list[Token](), list[Token]()), 0

    def close(self) -> Token:
        """Return the token with what stands inside of it."""
        return self.token._replace(body=self.parts[0], otherwise=self.parts[1])


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        self._tree = parse(tokenize(step3.move_left(source)))

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(step3.write(self._tree, context))


def parse(tokens: Iterable[Token]) -> list[Token]:
    """Return the tree, with a stack of open blocks."""
    blocks = [Block(Token("%all", "", 1))]
    for token in tokens:
        last = blocks[-1]
        if token.kind in {"%for", "%if"}:
            blocks.append(Block(token))
        elif token.kind == "%else" and last.token.kind == "%if" and not last.part:
            blocks[1].part = 1
        elif token.kind == f"%end{last.token.kind[1:]}":
            blocks.pop()
            blocks[-1].parts[blocks[-1].part].append(last.close())
        elif token.kind in {"text", "value"}:
            last.parts[last.part].append(token)
        else:
            raise TemplateError(f"a tag must be one that fits here, got {token.text!r}", token.line)
    if len(blocks) > 1:
        opener = blocks[-1].token
        raise TemplateError(f"{opener.text!r} must have its end, got none", opener.line)
    return blocks[0].parts[0]
