"""Compile all that can be known of a template without rendering it.

A block is compiled for the place that the base template gives it, an included template for the
place where it is put.  Rendering does so at the first use; here it is done before, for every parent
and include whose name is written out, so that ``--check`` finds what would be refused.
"""

from collections.abc import Iterable, Iterator

from groundup_templating.compiler import Unit
from groundup_templating.context import Context
from groundup_templating.errors import TemplateError, TemplateNotFound
from groundup_templating.nodes import Const, Expression
from groundup_templating.statements import (
    Block,
    CallBlock,
    FilterBlock,
    For,
    If,
    Include,
    Macro,
    SetBlock,
    Statement,
    With,
)
from groundup_templating.template import Template

__all__ = ["all_statements", "check_template", "compile_blocks", "find_template"]


def all_statements(body: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements and those inside of them, in the order of the text."""
    for statement in body:
        yield statement
        match statement:
            case If():
                for _, branch in statement.branches:
                    yield from all_statements(branch)
                yield from all_statements(statement.otherwise)
            case For():
                yield from all_statements([*statement.body, *statement.otherwise])
            case With() | Macro() | SetBlock() | FilterBlock() | Block():
                yield from all_statements(statement.body)
            case CallBlock():
                yield from all_statements(statement.caller.body)
            case _:
                pass


def compile_blocks(
    template: Template,
    start: Context,
    *,
    missing: bool = False,
    children: tuple[Template, ...] = (),
) -> dict[str, tuple[Context, Unit]]:
    """Compile the blocks of a template and its parents, each for the place that it fills.

    Args:
        template: The template.
        start: The context where it starts.
        missing: Whether a parent may be missing.
        children: The templates that led here.

    Raises:
        ContextError: A block does not fit into its place.
    """
    if template in children:
        raise TemplateError(f"templates extend each other in a circle: {template.name}")
    compiled: dict[str, tuple[Context, Unit]] = {}
    extends = template.tree.extends
    parent = find_template(template, extends.template if extends else None, missing=missing)
    if parent is not None:
        above = parent.start_in(start)
        chain = (*children, template)
        compiled = compile_blocks(parent, above, missing=missing, children=chain)
    units = [template.unit(None, start)]
    for name, block in template.tree.blocks.items():
        # A block stands in the place of the parent's, in its own template, or in another block.
        places = [unit.places[id(block)] for unit in units if id(block) in unit.places]
        context = compiled[name][0] if name in compiled else [*places, start][0]
        unit = template.unit(name, context)
        units.append(unit)
        compiled[name] = (context, unit)
    return compiled


def check_template(template: Template, start: Context | None = None) -> None:
    """Compile a template with its blocks, and all that it includes by name.

    Raises:
        TemplateError: The first mistake that is found.
    """
    _check(template, template.start if start is None else start, set())


def _check(template: Template, start: Context, seen: set[tuple[str, Context]]) -> None:
    if (template.name, start) in seen:
        return
    seen.add((template.name, start))
    units = [template.unit(None, start)]
    units += [unit for _, unit in compile_blocks(template, start).values()]
    for statement in all_statements(template.tree.body):
        if not isinstance(statement, Include):
            continue
        part = find_template(template, statement.template, missing=statement.ignore_missing)
        for unit in units:
            if part is not None and id(statement) in unit.places:
                _check(part, part.start_in(unit.places[id(statement)]), seen)


def find_template(
    template: Template, wanted: Expression | None, *, missing: bool = False
) -> Template | None:
    """Return the template that an expression names, if it is a name that is written out."""
    if not isinstance(wanted, Const) or not isinstance(wanted.value, str):
        return None
    try:
        return template.environment.get_template(wanted.value)
    except TemplateNotFound as error:
        if missing:
            return None
        raise error.place(template.name, template.source, at=wanted.at) from None
