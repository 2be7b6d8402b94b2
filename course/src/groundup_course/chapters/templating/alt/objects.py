"""Walks a tree of objects at every rendering, each of which knows how to write itself.

Nothing is compiled.  The source is cut by searching for braces, without regular expressions for
tags, and the lines of a block move when its end has been read.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

Names = MutableMapping[str, Any]

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}


class TemplateError(ValueError):
    """What is wrong with a template, and in which line of it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Text:
    """Text of the template; a line of it begins here, or not."""

    def __init__(self, text: str, *, fresh: bool) -> None:
        self.text, self.fresh = text, fresh

    def write(self, _: Names) -> str:
        """Return it."""
        return self.text

    def indents(self) -> Iterator[int]:
        """Yield how far the line stands in, if it begins here and is not blank."""
        if self.fresh and self.text.strip():
            yield len(self.text) - len(self.text.lstrip(" \t"))

    def move(self, shift: int) -> None:
        """Move the line to the left."""
        if self.fresh:
            self.text = self.text[min(shift, len(self.text) - len(self.text.lstrip(" \t"))) :]


class Value:
    """A path and its filters."""

    def __init__(self, text: str, line: int) -> None:
        path, *self.filters = [part.strip() for part in text.split("|")]
        self.names, self.line = path.split("."), line
        for name in self.names:
            if not (name.isascii() and name.isidentifier() and name[0] != "_"):
                raise TemplateError(f"a name must begin with a letter, got {name!r}", line)
        for name in self.filters:
            if name not in {"lowercase", "uppercase", "title", "safe"}:
                raise TemplateError(f"there is no filter {name!r}", line)

    def find(self, names: Names) -> Any:
        """Return the value."""
        value: Any = names
        for name in self.names:
            try:
                value = value[name] if hasattr(value, "keys") else getattr(value, name)
            except (KeyError, AttributeError):
                raise TemplateError(f"there is no {name!r} here", self.line) from None
        return value

    def write(self, names: Names) -> str:
        """Return it as HTML."""
        value = self.find(names)
        for name in self.filters:
            match name:
                case "lowercase":
                    value = str(value).lower()
                case "uppercase":
                    value = str(value).upper()
                case "title":
                    value = str(value).title()
                case _:
                    pass
        text = str(value)
        return text if self.filters[-1:] == ["safe"] else "".join(ENTITIES.get(c, c) for c in text)

    def indents(self) -> Iterator[int]:
        """Nothing: it begins no line."""
        yield from ()

    def move(self, shift: int) -> None:
        """Nothing moves."""


class Block:
    """A loop or a condition."""

    def __init__(self, tag: str, line: int, indent: int | None) -> None:
        self.kind, _, rest = tag.partition(" ")
        self.line, self.indent = line, indent
        self.name, self.negated = "", False
        if self.kind == "for":
            self.name, word, rest = [*rest.split(maxsplit=2), "", "", ""][:3]
            if word != "in" or not self.name.isidentifier():
                raise TemplateError(f"a loop must be 'for name in names', got {tag!r}", line)
        elif rest.startswith("not "):
            self.negated, rest = True, rest.removeprefix("not ")
        self.value = Value(rest, line)
        self.parts: tuple[list[Part], list[Part]] = ([], [])
        self.now = self.parts[0]

    def write(self, names: Names) -> str:
        """Return what the parts inside write."""
        value = self.value.find(names)
        if self.kind == "if":
            chosen = self.parts[bool(value) is self.negated]
            return "".join(part.write(names) for part in chosen)
        return "".join(
            part.write(ChainMap({self.name: item}, names))
            for item in value
            for part in self.parts[0]
        )

    def indents(self) -> Iterator[int]:
        """Yield how far its lines stand in, its tag's too."""
        if self.indent is not None:
            yield self.indent
        for part in (*self.parts[0], *self.parts[1]):
            yield from part.indents()

    def move(self, shift: int) -> None:
        """Move all that is inside."""
        self.indent = None if self.indent is None else self.indent - shift
        for part in (*self.parts[0], *self.parts[1]):
            part.move(shift)

    def close(self) -> None:
        """Move the lines inside to where the tag stands, if that is alone in its line."""
        inside = [one for own in self.parts for part in own for one in part.indents()]
        if self.indent is not None and inside:
            shift = max(0, min(inside) - self.indent)
            for part in (*self.parts[0], *self.parts[1]):
                part.move(shift)


Part = Text | Value | Block


class Template:
    """A tree of objects."""

    def __init__(self, source: str) -> None:
        self._parts: list[Part] = []
        self._open: list[Block] = []
        self._line = 1
        self._read(source)
        if self._open:
            raise TemplateError(f"{self._open[-1].kind} must have its end", self._open[-1].line)

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the text with the values of a context."""
        return "".join(part.write(dict(context)) for part in self._parts)

    def _read(self, source: str) -> None:
        at = 0
        while at < len(source):
            start = min(
                (place for place in (source.find("{{", at), source.find("{%", at)) if place >= 0),
                default=len(source),
            )
            self._text(source[at:start], fresh=at == 0 or source[at - 1] == "\n")
            if start == len(source):
                return
            closer = "}}" if source[start + 1] == "{" else "%}"
            end = source.find(closer, start)
            if end < 0:
                raise TemplateError(f"{source[start : start + 2]} must be closed", self._line)
            inner, at = source[start + 2 : end].strip(), end + 2
            indent = None
            if closer == "%}":
                indent, at = self._alone(source, start, at)
                self._tag(inner, indent)
            else:
                self._now.append(Value(inner, self._line))
            self._line += source.count("\n", start, at)

    @property
    def _now(self) -> list[Part]:
        return self._open[-1].now if self._open else self._parts

    def _text(self, text: str, *, fresh: bool) -> None:
        for index, line in enumerate(text.splitlines(keepends=True)):
            self._now.append(Text(line, fresh=fresh or index > 0))
        self._line += text.count("\n")

    def _alone(self, source: str, start: int, at: int) -> tuple[int | None, int]:
        """Return how far a lone tag stands in, and where its line ends; take back its indent."""
        begin, end = source.rfind("\n", 0, start) + 1, source.find("\n", at)
        end = len(source) if end < 0 else end
        if source[begin:start].strip() or source[at:end].strip() or "\n" in source[start:at]:
            return None, at
        if start > begin:
            self._now.pop()
        return start - begin, end + 1

    def _tag(self, tag: str, indent: int | None) -> None:
        last = self._open[-1] if self._open else None
        if tag.startswith(("for ", "if ")):
            block = Block(tag, self._line, indent)
            self._now.append(block)
            self._open.append(block)
        elif last and tag == "else" and last.kind == "if" and last.now is last.parts[0]:
            last.now = last.parts[1]
        elif last and tag == f"end{last.kind}":
            self._open.pop()
            last.close()
        else:
            raise TemplateError(f"no {tag!r} can stand here", self._line)
