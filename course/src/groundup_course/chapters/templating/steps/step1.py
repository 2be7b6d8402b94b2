"""A template engine: text with {{ values }} in it becomes the text of a page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

TOKEN = re.compile(r"({{.*?}}|{{)", re.DOTALL)
PATH = re.compile(r"[a-z]\w*(\.[a-z]\w*)*", re.ASCII | re.IGNORECASE)


class TemplateError(ValueError):
    """What is wrong with a template, and in which line of it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Token(NamedTuple):
    """A piece of a source: its kind is text or value."""

    kind: str
    text: str
    line: int


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        self._tokens = list(tokenize(source))

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(write(self._tokens, context))


def tokenize(source: str) -> Iterator[Token]:
    """Cut a source at its braces, and count its lines."""
    line = 1
    for index, piece in enumerate(TOKEN.split(source)):
        if piece == "{{":
            raise TemplateError(f"{piece!r} must be closed, got the end of the template", line)
        inner = piece[2:-2].strip()
        yield Token("value", inner, line) if index % 2 else Token("text", piece, line)
        line += piece.count("\n")


def write(tokens: Iterable[Token], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a page."""
    for kind, text, line in tokens:
        yield text if kind == "text" else str(find(names, text, line))


def find(names: Any, path: str, line: int) -> Any:
    """Return what a path like user.email leads to."""
    if not PATH.fullmatch(path):
        raise TemplateError(f"a value must be a name like user.email, got {path!r}", line)
    for name in path.split("."):
        names = get(names, name, line)
    return names


def get(value: Any, name: str, line: int) -> Any:
    """Return an item of a mapping, and of anything else an attribute."""
    try:
        return value[name] if isinstance(value, Mapping) else getattr(value, name)  # pyright: ignore[reportUnknownVariableType]  # of anything
    except (KeyError, AttributeError):
        raise TemplateError(f"{name!r} must be there, got a value without it", line) from None
