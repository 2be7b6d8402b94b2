"""A template engine: text with {{ values }} and {% for %} becomes the text of a page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

LONE = r"^[ \t]*{%[^%\n]*%}[ \t]*(?:\n|\Z)"  # a tag alone in its line takes the line with it
TOKEN = re.compile(rf"({LONE}|{{%.*?%}}|{{{{.*?}}}}|{{{{|{{%)", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"[a-z]\w*(\.[a-z]\w*)*", re.ASCII | re.IGNORECASE)
FOR = re.compile(r"for\s+([a-z]\w*)\s+in\s+(.+)", re.ASCII | re.IGNORECASE)


class TemplateError(ValueError):
    """What is wrong with a template, and in which line of it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Token(NamedTuple):
    """A piece of a source: its kind is text, value, or % and the first word of a tag."""

    kind: str
    text: str
    line: int
    body: Sequence["Token"] = ()  # what stands between a tag and its end


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        self._tree = parse(tokenize(source))

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(write(self._tree, context))


def tokenize(source: str) -> Iterator[Token]:
    """Cut a source at its braces, and count its lines."""
    line = 1
    for index, piece in enumerate(TOKEN.split(source)):
        if piece in {"{{", "{%"}:
            raise TemplateError(f"{piece!r} must be closed, got the end of the template", line)
        inner = piece.strip()[2:-2].strip()
        kind = "%" + inner.partition(" ")[0] if "{%" in piece else "value"
        yield Token(kind, inner, line) if index % 2 else Token("text", piece, line)
        line += piece.count("\n")


def parse(tokens: Iterable[Token]) -> list[Token]:
    """Return the tree: a loop holds what stands between its tags."""
    tree: list[Token] = []
    opener: Token | None = None
    body: list[Token] = []
    for token in tokens:
        if token.kind == "%for" and opener is None:
            opener, body = token, []
        elif token.kind == "%endfor" and opener is not None:
            tree.append(opener._replace(body=body))
            opener = None
        elif token.kind in {"text", "value"}:
            (tree if opener is None else body).append(token)
        else:
            raise TemplateError(f"a tag must be for or its endfor, got {token.text!r}", token.line)
    if opener is not None:
        raise TemplateError(f"{opener.text!r} must have its end, got none", opener.line)
    return tree


def write(tree: Iterable[Token], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a page."""
    for kind, text, line, body in tree:
        if kind == "%for" and (found := FOR.fullmatch(text)):
            for item in find(names, found[2], line):
                yield from write(body, {**names, found[1]: item})
        elif kind in {"text", "value"}:
            yield text if kind == "text" else str(find(names, text, line))
        else:
            raise TemplateError(f"a tag must be like 'for x in y', got {text!r}", line)


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
