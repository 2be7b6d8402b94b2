"""Write Python line by line, and remember for each line which place of the template it is for."""

from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["Writer"]

Line = tuple[str, int]  # the text with its indentation, and an offset in the template


class Writer:
    """The lines of one generated function."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._indent = ""

    def write(self, text: str, at: int) -> None:
        """Write one line."""
        self.lines.append((self._indent + text, at))

    def insert(self, position: int, texts: list[str], at: int) -> None:
        """Write lines before those that were written from ``position`` on."""
        self.lines[position:position] = [(self._indent + text, at) for text in texts]

    @contextmanager
    def indented(self) -> Generator[None, None, None]:
        """Write what follows as the body of the line before."""
        before = self._indent
        self._indent += "    "
        yield
        self._indent = before

    def source(self) -> str:
        """Return all lines as one text."""
        return "\n".join([text for text, _ in self.lines]) + "\n"
