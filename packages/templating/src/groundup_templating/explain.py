"""Show what becomes of a template: its words, its tree, its contexts and its Python.

    >>> from groundup_templating.explain import explain
    >>> for place in explain('<a href="/tag/{{ tag }}">{{ tag }}</a>').places:
    ...     print(place)
    line 1: {{ tag }} in attribute href (URL), path: url_path, quoted
    line 1: {{ tag }} in text: text

The Python is the Python that runs, not a copy made for show.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

from groundup_templating.check import all_statements, compile_blocks
from groundup_templating.choice import choose_escapers
from groundup_templating.compiler import Unit
from groundup_templating.context_escape import is_marked_safe
from groundup_templating.environment import Environment
from groundup_templating.errors import line_and_column
from groundup_templating.lexer import split
from groundup_templating.parser import parse
from groundup_templating.statements import Print
from groundup_templating.template import Template
from groundup_templating.tokens import Comment, Output, Tag, Text

__all__ = ["Explanation", "Place", "explain", "explain_template"]


class Place(NamedTuple):
    """Where one value stands, and how it is escaped there."""

    line: int
    text: str
    context: str
    escapers: tuple[str, ...]

    def __str__(self) -> str:
        how = ", ".join(self.escapers) or "written as it is: | safe"
        return f"line {self.line}: {self.text} in {self.context}: {how}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """All stages of one template; ``str`` shows them one below the other.

    ``folded`` is the tree after its constants have been folded, where that has changed it.
    ``tree_lines`` and ``python_lines`` hold for each line of the tree as it was written, and of the
    Python, the line of the template that it came from.
    """

    tokens: str
    tree: str
    places: list[Place]
    python: str
    folded: str = ""
    tree_lines: tuple[int, ...] = ()
    python_lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        parts = [
            ("words", self.tokens),
            ("tree", self.tree),
            ("tree, constants folded", self.folded),
            ("contexts", "\n".join(map(str, self.places))),
            ("python", self.python),
        ]
        shown = (part for part in parts if part[1] or part[0] == "contexts")
        return "\n\n".join(f"--- {name}\n{text}" for name, text in shown)


def explain(
    source: str, *, name: str | None = None, environment: Environment | None = None
) -> Explanation:
    """Return all stages of a template.

    Raises:
        TemplateError: The template cannot be compiled.
    """
    return explain_template(Template(source, name=name, environment=environment))


def explain_template(template: Template) -> Explanation:
    """Return all stages of a template that is compiled already."""
    root = template.unit(None, template.start)
    blocks = compile_blocks(template, template.start, missing=True)
    units = [root, *(blocks[name][1] for name in template.tree.blocks)]
    written = parse(template.source, dedent=template.environment.dedent)
    shown = list(_show_node(written.body, "", 0))
    tree = "\n".join(text for text, _ in shown)
    folded = "\n".join(text for text, _ in _show_node(template.tree.body, "", 0))

    def count(offsets: Iterable[int]) -> Iterator[int]:
        return (line_and_column(template.source, at)[0] for at in offsets)

    return Explanation(
        "\n".join(_show_segments(template.source)),
        tree,
        [place for unit in units for place in _find_places(template, unit)],
        "\n".join(unit.source for unit in units),
        "" if folded == tree else folded,
        tuple(count(at for _, at in shown)),
        # A unit ends with a line end, and so there is an empty line behind it.
        tuple(line for unit in units for line in (*count(unit.offsets), 0)),
    )


def _show_segments(source: str) -> Iterator[str]:
    for segment in split(source):
        line, column = line_and_column(source, segment.at)
        where = f"{line}:{column}".ljust(8)
        match segment:
            case Text():
                yield f"{where}text     {segment.text!r}"
            case Comment():
                yield f"{where}comment"
            case Output() | Tag():
                kind = segment.name if isinstance(segment, Tag) else "output"
                words = " ".join(token.value for token in segment.tokens)
                yield f"{where}{kind:8} {words}".rstrip()


def _show_node(node: Any, indent: str, at: int) -> Iterator[tuple[str, int]]:
    """Yield the lines of a node with their places: type and plain values, then what it holds."""
    if isinstance(node, list | tuple):
        for part in node:  # pyright: ignore[reportUnknownVariableType]  # of nodes, or pairs of them
            yield from _show_node(part, indent, at)
    elif is_dataclass(node):
        values = {field.name: getattr(node, field.name) for field in fields(node)}
        at = values.pop("at", at)
        plain = {name: value for name, value in values.items() if _is_plain(value)}
        words = " ".join(f"{name}={value!r}" for name, value in plain.items())
        yield f"{indent}{type(node).__name__} {words}".rstrip(), at
        for name, value in values.items():
            if name not in plain:
                yield from _show_node(value, indent + "  ", at)
    elif node is not None and node is not False:
        yield f"{indent}{node!r}", at  # a name in a pair


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and value is not False


def _find_places(template: Template, unit: Unit) -> Iterator[Place]:
    texts = {
        segment.tokens[0].at: template.source[segment.at : segment.end]
        for segment in split(template.source)
        if isinstance(segment, Output)
    }
    for statement in all_statements(template.tree.body):
        if isinstance(statement, Print) and id(statement) in unit.places:
            context = unit.places[id(statement)]
            safe = is_marked_safe(statement.value)
            line, _ = line_and_column(template.source, statement.at)
            text = texts.get(statement.at, "{{ … }}")
            yield Place(line, text, str(context), () if safe else choose_escapers(context))
