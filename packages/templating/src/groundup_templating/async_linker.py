"""Where templates meet while they run as coroutines: as the linker, but it waits for the others."""

from typing import Any

from groundup_templating.context import Context
from groundup_templating.errors import TemplateNotFound
from groundup_templating.linker import Linker, choose_block, start_of_module
from groundup_templating.macro import Module
from groundup_templating.runtime import Output, Run
from groundup_templating.template import Blocks

__all__ = ["AsyncLinker"]


class AsyncLinker:
    """Run the templates that others name, as coroutines."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    async def include(
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
            template = self._linker.find(wanted)
        except TemplateNotFound:
            if ignore_missing:
                return
            raise
        start = template.start_in(start)
        run.enter()
        visible = self._linker.visible(names)
        await template.run_into_async(run, visible, out, {}, start, part=True)
        run.leave()

    async def extend(
        self,
        run: Run,
        wanted: Any,
        names: dict[str, Any],
        out: Output,
        blocks: Blocks,
        start: Context,
    ) -> None:
        """Run the parent of a template, with the blocks that have been collected."""
        template = self._linker.find(wanted)
        start = template.start_in(start)
        run.enter()
        await template.run_into_async(run, names, out, blocks, start)
        run.leave()

    async def block(
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
        await template.unit(name, start, waits=True).function(run, names, out, blocks, level)
        run.leave()

    async def fill(
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
        await self.block(run, name, names, out, blocks, level, start)
        return run.finish(out)

    async def load_module(
        self,
        run: Run,
        wanted: Any,
        names: dict[str, Any] | None,
        plain: bool,  # noqa: FBT001 - called by generated code only
    ) -> Module:
        """Run a template for what it binds."""
        template = self._linker.find(wanted)
        visible = self._linker.visible(names)
        start = start_of_module(template, plain=plain)
        run.enter()
        await template.run_into_async(run, visible, Output(), {}, start)
        run.leave()
        return Module(template.exported(visible))
