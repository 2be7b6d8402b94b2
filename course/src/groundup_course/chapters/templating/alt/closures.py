"""Compiles to functions inside of functions, with a stack in place of recursion.

Each tag becomes a function of the names that returns text; that of a block has those of its body.
No Python is written, so there is none that a template could break out of.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

Names = Mapping[str, Any]
Part = Callable[[Names], str]

PIECE = re.compile(
    r"(?P<lone>^[ \t]*{%(?P<alone>[^%\n]*)%}[ \t]*(\n|\Z))|{%(?P<tag>.*?)%}|{{(?P<value>.*?)}}"
    r"|(?P<open>{[{%])|(?P<text>(?:(?!{[{%]|^[ \t]*{%).)+|[ \t]+)",
    re.DOTALL | re.MULTILINE,
)
PATH = re.compile(r"[a-z]\w*(\.[a-z]\w*)*", re.ASCII | re.IGNORECASE)
LOOP = re.compile(r"for\s+([a-z]\w*)\s+in\s+(\S+)", re.ASCII | re.IGNORECASE)
CONDITION = re.compile(r"if\s+(not\s+)?(\S+)")


class TemplateError(ValueError):
    """What is wrong with a template, and in which line of it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Markup(str):
    """HTML that its author answers for."""


FILTERS: Mapping[str, Callable[[Any], Any]] = {
    "lowercase": lambda value: str(value).lower(),
    "uppercase": lambda value: str(value).upper(),
    "title": lambda value: str(value).title(),
    "safe": Markup,
}


class Block:
    """A block that is open: its parts so far, and how far its lines move."""

    def __init__(self, tag: str, line: int, indent: int, shift: int) -> None:
        self.tag, self.line, self.indent, self.shift = tag, line, indent, shift
        self.body: list[Part] = []
        self.otherwise: list[Part] = []
        self.parts = self.body
        self.measured = not tag  # whether its first line has said how far


class Template:
    """A text with holes, as a function."""

    def __init__(self, source: str) -> None:
        self._blocks = [Block("", 1, 0, 0)]
        self._line = 1
        fresh = True  # at the beginning of a line
        for found in PIECE.finditer(source):
            if found["open"]:
                raise TemplateError(f"{found[0]} must be closed, got the end", self._line)
            if found["text"]:
                self._add_text(found[0], fresh=fresh)
            elif found["value"] is not None:
                self._block.parts.append(shown(make_value(found["value"], self._line)))
            else:
                tag = found["tag"] if found["alone"] is None else found["alone"]
                self._add_tag(tag.strip(), found[0], lone=found["alone"] is not None)
            self._line += found[0].count("\n")
            fresh = found[0].endswith("\n")
        if len(self._blocks) > 1:
            raise TemplateError(f"{self._block.tag!r} must have its end", self._block.line)
        self._whole = join(self._block.body)

    def render(self, context: Names) -> str:
        """Return the text with the values of a context."""
        return self._whole(context)

    @property
    def _block(self) -> Block:
        return self._blocks[-1]

    def _add_text(self, text: str, *, fresh: bool) -> None:
        moved: list[str] = []
        for index, line in enumerate(re.split(r"(?<=\n)", text)):
            indent = len(line) - len(line.lstrip(" \t"))
            starts = (fresh or index > 0) and line != ""
            if starts:
                self._measure(indent)
            moved.append(line[min(indent, self._block.shift) :] if starts else line)
        whole = "".join(moved)
        self._block.parts.append(lambda _: whole)

    def _measure(self, indent: int) -> None:
        if not self._block.measured:
            self._block.measured = True
            self._block.shift += max(0, indent - self._block.indent)

    def _add_tag(self, tag: str, piece: str, *, lone: bool) -> None:
        block, indent = self._block, len(piece) - len(piece.lstrip(" \t"))
        loop, condition = LOOP.fullmatch(tag), CONDITION.fullmatch(tag)
        if loop or condition:
            if lone:
                self._measure(indent)
            self._blocks.append(Block(tag, self._line, indent, block.shift))
            self._block.measured = not lone
        elif tag == "else" and block.tag[:2] == "if" and block.parts is block.body:
            block.parts = block.otherwise
        elif tag in {"endfor", "endif"} and block.tag.startswith(tag.removeprefix("end")):
            self._blocks.pop()
            self._block.parts.append(close(block))
        else:
            raise TemplateError(f"a tag must be one that fits here, got {tag!r}", self._line)


def close(block: Block) -> Part:
    """Return the function of a block that ends."""
    body, otherwise = join(block.body), join(block.otherwise)
    loop, condition = LOOP.fullmatch(block.tag), CONDITION.fullmatch(block.tag)
    if loop:
        name, items = loop[1], make_value(loop[2], block.line)
        return lambda names: "".join([body({**names, name: item}) for item in items(names)])
    assert condition is not None
    negated, value = bool(condition[1]), make_value(condition[2], block.line)
    return lambda names: (body if bool(value(names)) is not negated else otherwise)(names)


def join(parts: list[Part]) -> Part:
    """Return a function for several parts."""
    return lambda names: "".join([part(names) for part in parts])


def shown(value: Callable[[Names], Any]) -> Part:
    """Return a function for a value as HTML."""

    def show(names: Names) -> str:
        found = value(names)
        return found if isinstance(found, Markup) else escape(str(found))

    return show


def make_value(text: str, line: int) -> Callable[[Names], Any]:
    """Return a function that finds a value and puts it through its filters."""
    path, *filters = [part.strip() for part in text.split("|")]
    if not PATH.fullmatch(path):
        raise TemplateError(f"a value must be a name, got {path!r}", line)
    if missing := [name for name in filters if name not in FILTERS]:
        raise TemplateError(
            f"a filter must be one of {', '.join(FILTERS)}, got {missing[0]!r}", line
        )
    calls = [FILTERS[name] for name in filters]

    def find(names: Names) -> Any:
        value: Any = names
        for name in path.split("."):
            try:
                value = value[name] if hasattr(value, "keys") else getattr(value, name)
            except (KeyError, AttributeError):
                raise TemplateError(f"{name!r} must be there, got nothing", line) from None
        for call in calls:
            value = call(value)
        return value

    return find
