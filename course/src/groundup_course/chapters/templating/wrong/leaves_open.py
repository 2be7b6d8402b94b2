r"""Takes braces that are never closed for text.

first-fail: m1_unclosed
message: {{ name\n'
turn: Braces that are opened and never closed go through as text; whoever forgot to close them sees
  them on the page, or does not.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundup_course.chapters.templating.steps import step1
from groundup_course.chapters.templating.steps.step1 import TemplateError, Token

__all__ = ["Template", "TemplateError"]


class Template:
    """Looks for whole tags only."""

    def __init__(self, source: str) -> None:
        self._tokens = list(self.cut(source))

    def cut(self, source: str) -> Iterator[Token]:
        """Yield texts and values."""
        line = 1
        for index, piece in enumerate(re.split(r"({{.*?}})", source, flags=re.DOTALL)):
            inner = piece[2:-2].strip()
            yield Token("value", inner, line) if index % 2 else Token("text", piece, line)
            line += piece.count("\n")

    def render(self, context: Mapping[str, Any]) -> str:
        """Write the tokens."""
        return "".join(step1.write(self._tokens, context))
