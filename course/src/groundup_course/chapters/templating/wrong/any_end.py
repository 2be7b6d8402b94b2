"""Lets every end close the block that is open, whatever its name.

first-fail: m3_crossed
message: {% endfor %}{% endif %}').render(
turn: Your ends close whatever is open, so a loop that ends inside of a condition goes unnoticed:
  compare the name of the end with the block.
"""

from groundup_course.chapters.templating.steps import step3
from groundup_course.chapters.templating.steps.step3 import TemplateError, tokenize

__all__ = ["Template", "TemplateError"]


class Template(step3.Template):
    """Writes the right end over every end."""

    def __init__(self, source: str) -> None:
        open_kinds: list[str] = []
        pieces = list(tokenize(step3.move_left(source)))
        for index, token in enumerate(pieces):
            if token.kind in {"%for", "%if"}:
                open_kinds.append(token.kind[1:])
            elif token.kind.startswith("%end") and open_kinds:
                pieces[index] = token._replace(kind=f"%end{open_kinds.pop()}")
        self._tree, _ = step3.parse(iter(pieces))
