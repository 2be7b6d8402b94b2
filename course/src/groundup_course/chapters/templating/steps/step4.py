"""A template engine: text with {{ values }}, {% for %} and {% if %} becomes a Python function."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
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
    """A text with holes, compiled: `python` is what runs."""

    def __init__(self, source: str) -> None:
        tree, _ = parse(tokenize(move_left(source)))
        self.python = "\n".join(["def render(names, out):", *write(tree, {}, "    ")])
        self._namespace: dict[str, Any] = {"get": get, "show": show, "filters": FILTERS}
        exec(self.python, self._namespace)

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        pieces: list[str] = []
        self._namespace["render"](context, pieces.append)
        return "".join(pieces)


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


def write(tree: Iterable[Token], scope: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield the Python that writes a tree; scope knows the variables of the loops around it."""
    for kind, text, line, body, otherwise in tree:
        if kind == "%for" and (found := FOR.fullmatch(text)):
            variable = f"{found[1]}_{len(indent) // 4}"  # loops inside each other never share one
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
        else:
            raise TemplateError(f"a tag must be like 'for x in y' or 'if x', got {text!r}", line)


def find(scope: Mapping[str, str], value: str, line: int) -> str:
    """Return the Python for a path like user.email and its filters."""
    path, *filters = map(str.strip, value.split("|"))
    if not PATH.fullmatch(path):
        raise TemplateError(f"a value must be a name like user.email, got {path!r}", line)
    first, *names = path.split(".")
    code = scope.get(first) or f"get(names, {first!r}, {line})"
    for name in names:
        code = f"get({code}, {name!r}, {line})"
    for name in filters:
        if name not in FILTERS:
            raise TemplateError(f"a filter must be one of {[*FILTERS]}, got {name!r}", line)
        code = f"filters[{name!r}](str({code}))"
    return code


def get(value: Any, name: str, line: int) -> Any:
    """Return an item of a mapping, and of anything else an attribute."""
    try:
        return value[name] if isinstance(value, Mapping) else getattr(value, name)  # pyright: ignore[reportUnknownVariableType]  # of anything
    except (KeyError, AttributeError):
        raise TemplateError(f"{name!r} must be there, got a value without it", line) from None


class Safe(str):
    """Text that its author answers for: it is written as it is."""


def show(value: Any) -> str:
    """Return a value as HTML."""
    return value if isinstance(value, Safe) else escape(str(value))


FILTERS = {"lowercase": str.lower, "safe": Safe, "title": str.title, "uppercase": str.upper}
