"""Where templates meet while they run: includes, parents, blocks and imports.

A template that is included or extended starts in the context of the place where it is put, whatever
its own name says; only in text that is not HTML an HTML template stays HTML.  So a value is always
escaped for the page that a browser will see.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from groundup_templating.context import TEXT, Context, State
from groundup_templating.errors import TemplateError, TemplateNotFound, shorten, suggest
from groundup_templating.macro import Module
from groundup_templating.runtime import Output, Run
from groundup_templating.template import Blocks, Template
from groundup_templating.undefined import Undefined

__all__ = ["Linker", "choose_block", "start_of_module"]


class Source(Protocol):
    """What a linker needs of an environment."""

    globals: dict[str, Any]

    def get_template(self, name: str, /) -> Template:
        """Return a template by its name."""
        ...


def choose_block(blocks: Blocks, name: str, level: int) -> Template:
    """Return the template whose block is shown, ``level`` steps towards the base.

    Raises:
        TemplateError: There is no such block, or nothing that super() could show.
    """
    chain = blocks.get(name)
    if chain is None:
        raise TemplateError(f"no block {name!r}{suggest(name, blocks)}")
    if level >= len(chain):
        raise TemplateError(f"block {name!r} has no parent that super() could show")
    return chain[level]


def start_of_module(template: Template, *, plain: bool) -> Context:
    """Return the context where a template starts that is run for what it binds."""
    if plain or template.start.state is not State.PLAIN:
        return template.start
    return TEXT  # macros of a page are HTML, wherever they come from


class Linker:
    """Find the templates that others name, and run them in their place."""

    def __init__(self, environment: Source) -> None:
        self._environment = environment

    def find(self, wanted: Any) -> Template:
        """Return a template by name, the first that exists of several names, or itself."""
        if isinstance(wanted, Template):
            return wanted
        if isinstance(wanted, str):
            return self._environment.get_template(wanted)
        if isinstance(wanted, Undefined):
            raise wanted.error()
        if not isinstance(wanted, Sequence):
            raise TemplateError(f"a template must be named by text, got {shorten(wanted)}")
        names: list[Any] = list(wanted)  # pyright: ignore[reportUnknownArgumentType]  # of anything
        for name in names:
            try:
                return self.find(name)
            except TemplateNotFound:
                continue
        raise TemplateNotFound(f"none of the templates exists: {shorten(names)}")

    def visible(self, names: dict[str, Any] | None) -> dict[str, Any]:
        """Return the names that another template sees: those that it is given, or the globals."""
        return dict(self._environment.globals if names is None else names)

    def include(
        self,
        run: Run,
        wanted: Any,
        names: dict[str, Any] | None,
        out: Output,
        start: Context,
        ignore_missing: bool,  # noqa: FBT001 - called by generated code only
    ) -> None:
        """Run another template in the place of this."""
        try:
            template = self.find(wanted)
        except TemplateNotFound:
            if ignore_missing:
                return
            raise
        start = template.start_in(start)
        run.enter()
        template.run_into(run, self.visible(names), out, {}, start)
        run.leave()

    def extend(
        self,
        run: Run,
        wanted: Any,
        names: dict[str, Any],
        out: Output,
        blocks: Blocks,
        start: Context,
    ) -> None:
        """Run the parent of a template, with the blocks that have been collected."""
        template = self.find(wanted)
        start = template.start_in(start)
        run.enter()
        template.run_into(run, names, out, blocks, start)
        run.leave()

    def block(
        self,
        run: Run,
        name: str,
        names: dict[str, Any],
        out: Output,
        blocks: Blocks,
        level: int,
        start: Context,
    ) -> None:
        """Run a block: the one of the template furthest from the base, or one towards it."""
        template = choose_block(blocks, name, level)
        run.enter()
        template.unit(name, start).function(run, names, out, blocks, level)
        run.leave()

    def fill(
        self,
        run: Run,
        name: str,
        names: dict[str, Any],
        blocks: Blocks,
        level: int,
        start: Context,
    ) -> str:
        """Return the text of a block."""
        out = Output()
        self.block(run, name, names, out, blocks, level, start)
        return run.finish(out)

    def load_module(
        self,
        run: Run,
        wanted: Any,
        names: dict[str, Any] | None,
        plain: bool,  # noqa: FBT001 - called by generated code only
    ) -> Module:
        """Run a template for what it binds."""
        template = self.find(wanted)
        visible = self.visible(names)
        start = start_of_module(template, plain=plain)
        run.enter()
        template.run_into(run, visible, Output(), {}, start)
        run.leave()
        return Module(template.exported(visible))

    def require(self, name: str) -> None:
        """Refuse to show a block that others had to fill."""
        raise TemplateError(f"block {name!r} must be filled by a template that extends this one")

    def pick(self, module: Module, name: str) -> Any:
        """Return one name of a module."""
        if name not in module:
            raise TemplateError(f"the template exports no {name!r}{suggest(name, module)}")
        return module[name]
