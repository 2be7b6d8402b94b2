"""Find what is wrong in a folder of templates, and what compiles but cannot be meant.

    error    what would be refused when it is used: syntax, names of filters, unsafe places
    block    a block that no parent shows, self.name() and super() that lead nowhere
    macro    a macro that no template of the folder mentions
    safe     {{ x | safe }} outside of text, where HTML is not what is needed

What depends on values stays unknown: a parent whose name is computed may have any block.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from groundup_templating.check import all_statements, check_template, compile_blocks, find_template
from groundup_templating.compiler import Unit
from groundup_templating.context import State
from groundup_templating.context_escape import is_marked_safe
from groundup_templating.environment import Environment
from groundup_templating.errors import TemplateError, suggest
from groundup_templating.nodes import Attribute, Call, Name
from groundup_templating.statements import Block, FromImport, Macro, Print
from groundup_templating.template import Template

__all__ = ["Finding", "lint"]


class Finding(NamedTuple):
    """One thing that is wrong; ``str`` shows where."""

    name: str
    rule: str
    error: TemplateError

    def __str__(self) -> str:
        what, line_break, where = str(self.error).partition("\n")
        return f"{what} [{self.rule}]{line_break}{where}"


def lint(environment: Environment, names: Iterable[str] | None = None) -> list[Finding]:
    """Return what is wrong in these templates, or in all of the loader, in the order of names.

    >>> from groundup_templating import DictLoader
    >>> environment = Environment(DictLoader({"a.html": "{% macro m() %}{% endmacro %}"}))
    >>> for finding in lint(environment):
    ...     print(finding.rule, finding.error.message)
    macro macro 'm' is used nowhere
    """
    if names is None:
        names = () if environment.loader is None else environment.loader.names()
    findings: list[Finding] = []
    templates: dict[str, Template] = {}
    for name in names:
        try:
            template = environment.get_template(name)
            check_template(template)
            templates[name] = template
        except TemplateError as error:
            findings.append(Finding(name, "error", error))
    mentioned: set[str] = set()
    for template in templates.values():
        mentioned.update(_mentioned_names(template.tree.body))
    for name, template in templates.items():
        findings += _check_blocks(name, template)
        findings += _check_macros(name, template, mentioned)
        findings += _check_safe(name, template)
    return sorted(findings, key=lambda finding: (finding.name, finding.error.line or 0))


def _note(name: str, template: Template, rule: str, message: str, at: int) -> Finding:
    return Finding(name, rule, TemplateError(message, at=at).place(name, template.source))


def _all_nodes(node: Any) -> Iterator[Any]:
    """Yield a node and those inside of it."""
    if isinstance(node, list | tuple):
        for part in node:  # pyright: ignore[reportUnknownVariableType]  # of nodes, or pairs of them
            yield from _all_nodes(part)
    elif isinstance(node, dict):
        yield from _all_nodes([*node.values()])  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]  # of nodes
    elif is_dataclass(node):
        yield node
        for field in fields(node):
            yield from _all_nodes(getattr(node, field.name))


def _mentioned_names(body: Any) -> Iterator[str]:
    for node in _all_nodes(body):
        if isinstance(node, Name | Attribute):
            yield node.name
        elif isinstance(node, FromImport):
            yield from (name for name, _ in node.names)


def _check_macros(name: str, template: Template, mentioned: set[str]) -> Iterator[Finding]:
    for statement in all_statements(template.tree.body):
        if isinstance(statement, Macro) and statement.name not in mentioned:
            message = f"macro {statement.name!r} is used nowhere"
            yield _note(name, template, "macro", message, statement.at)


def _check_blocks(name: str, template: Template) -> Iterator[Finding]:
    above, complete = _blocks_above(template)
    if not complete:
        return
    own = template.tree.blocks
    shown = set(above)
    for block in own.values():
        if block.name in above:
            shown.update(_blocks_inside(block))
        elif (at := _find_super(block)) is not None:
            message = f"block {block.name!r} has no parent that super() could show"
            yield _note(name, template, "block", message, at)
    hidden = [own[name] for name in own if name not in shown]
    for block in hidden if template.tree.extends is not None else ():
        message = f"block {block.name!r} is shown by no parent{suggest(block.name, above)}"
        yield _note(name, template, "block", message, block.at)
    blocks = {*above, *own}
    for wanted in filter(_is_of_self, _called(template.tree.body)):
        if wanted.name not in blocks:
            message = f"no block {wanted.name!r}{suggest(wanted.name, blocks)}"
            yield _note(name, template, "block", message, wanted.at)


def _blocks_above(template: Template) -> tuple[set[str], bool]:
    """Return the blocks of all parents, and whether all parents are known."""
    found: set[str] = set()
    extends = template.tree.extends
    while extends is not None:
        parent = find_template(template, extends.template, missing=True)
        if parent is None:
            return found, False
        found.update(parent.tree.blocks)
        template, extends = parent, parent.tree.extends
    return found, True


def _blocks_inside(block: Block) -> Iterator[str]:
    return (node.name for node in _all_nodes(block.body) if isinstance(node, Block))


def _called(node: Any) -> Iterator[Name | Attribute]:
    """Yield the names and attributes that are called."""
    for part in _all_nodes(node):
        if isinstance(part, Call) and isinstance(part.function, Name | Attribute):
            yield part.function


def _is_of_self(called: Name | Attribute) -> bool:
    if not isinstance(called, Attribute) or not isinstance(called.value, Name):
        return False
    return called.value.name == "self"


def _find_super(block: Block) -> int | None:
    """Return where a block calls super(), itself and not in a block inside of it."""
    inner = [node.body for node in _all_nodes(block.body) if isinstance(node, Block)]
    deeper = {id(called) for called in _called(inner)}
    for called in _called(block.body):
        if isinstance(called, Name) and called.name == "super" and id(called) not in deeper:
            return called.at
    return None


def _check_safe(name: str, template: Template) -> Iterator[Finding]:
    units: list[Unit] = [template.unit(None, template.start)]
    units += [unit for _, unit in compile_blocks(template, template.start, missing=True).values()]
    for statement in all_statements(template.tree.body):
        for unit in units:
            if not isinstance(statement, Print) or id(statement) not in unit.places:
                continue
            place = unit.places[id(statement)]
            if is_marked_safe(statement.value) and place.state not in {State.TEXT, State.PLAIN}:
                message = f"a value that is marked safe stands in {place}: nothing escapes it there"
                yield _note(name, template, "safe", message, statement.at)
                break
