"""A template engine: text with {{ values }}, {% for %} and {% if %} becomes a page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

LONE = r"^[ \t]*{%[^%\n]*%}[ \t]*(?:\n|\Z)"  # a tag alone in its line takes the line with it
TOKEN = re.compile(rf"({LONE}|{{%.*?%}}|{{{{.*?}}}}|{{{{|{{%)", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"[a-z]\w*(\.[a-z]\w*)*", re.ASCII | re.IGNORECASE)
FOR = re.compile(r"for\s+([a-z]\w*)\s+in\s+(.+)", re.ASCII | re.IGNORECASE)
IF = re.compile(r"if\s+(not\s+)?(.+)")
ENDS = {"%for": ["%endfor"], "%if": ["%else", "%endif"], "text": [], "value": []}


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
    otherwise: Sequence["Token"] = ()  # what stands between its else and its end


class Template:
    """A text with holes, ready to be filled."""

    def __init__(self, source: str) -> None:
        self._tree, _ = parse(tokenize(move_left(source)))

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(write(self._tree, context))


def move_left(source: str) -> str:
    """Move the body of each lone block to the left, to where its tag stands."""
    moved: list[str] = []
    shifts = [0]  # of the open blocks
    for line, following in pairwise([*source.splitlines(keepends=True), ""]):
        indent, inner = (len(one) - len(one.lstrip(" \t")) for one in (line, following))
        word = line.strip()[2:-2].strip().partition(" ")[0] if re.match(LONE, line) else ""
        if word.startswith("end") and len(shifts) > 1:
            shifts.pop()
        moved.append(line if word else line[min(indent, shifts[-1]) :])
        if word in {"for", "if"}:
            shifts.append(shifts[-1] + max(0, inner - indent))
    return "".join(moved)


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


def parse(
    tokens: Iterator[Token], opener: Token | None = None, ends: Sequence[str] = ()
) -> tuple[list[Token], str]:
    """Return the tree up to one of the tags that may end it, and which one that is."""
    tree: list[Token] = []
    for token in tokens:
        if token.kind in ends:
            return tree, token.kind
        if token.kind not in ENDS:
            raise TemplateError(f"a tag must be one that fits here, got {token.text!r}", token.line)
        inside = ENDS[token.kind]
        body, end = parse(tokens, token, inside) if inside else ([], "")
        otherwise, _ = parse(tokens, token, ["%endif"]) if end == "%else" else ([], "")
        tree.append(token._replace(body=body, otherwise=otherwise))
    if opener is not None:
        raise TemplateError(f"{opener.text!r} must have its end, got none", opener.line)
    return tree, ""


def write(tree: Iterable[Token], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a page."""
    for kind, text, line, body, otherwise in tree:
        if kind == "%for" and (found := FOR.fullmatch(text)):
            for item in find(names, found[2], line):
                yield from write(body, {**names, found[1]: item})
        elif kind == "%if" and (found := IF.fullmatch(text)):
            wanted = bool(find(names, found[2], line)) is not bool(found[1])
            yield from write(body if wanted else otherwise, names)
        elif kind in {"text", "value"}:
            yield text if kind == "text" else str(find(names, text, line))
        else:
            raise TemplateError(f"a tag must be like 'for x in y' or 'if x', got {text!r}", line)


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
