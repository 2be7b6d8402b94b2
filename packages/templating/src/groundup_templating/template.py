"""A template: source, tree, and one compiled function for each context in which it was used.

Rendering gives a template its meter, its names and its output, and turns the place of an error in
the generated function, which is a place of the template, into words.
"""

import linecache
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any

from groundup_templating.compiler import Compiler, Unit
from groundup_templating.context import PLAIN, TEXT, XML, Context, State
from groundup_templating.errors import TemplateError
from groundup_templating.optimizer import fold
from groundup_templating.parser import Tree, parse
from groundup_templating.runtime import Output, Run, Stream
from groundup_templating.scopes import assigned_names
from groundup_templating.undefined import Undefined
from groundup_templating.waiting import drive, drive_async

if TYPE_CHECKING:
    from groundup_templating.environment import Environment

__all__ = ["Template", "start_context"]

MARKUP_SUFFIXES = (".html", ".htm", ".xhtml")
XML_SUFFIXES = (".xml", ".svg", ".rss", ".atom")
PART = 8192  # characters of a stream
Blocks = dict[str, list["Template"]]


def start_context(name: str | None) -> Context:
    """Return the context in which a template of this name begins.

    >>> start_context("page.html") == start_context(None), str(start_context("mail.txt"))
    (True, 'text that is not HTML')
    """
    if name is None:
        return TEXT
    name = name.lower().removesuffix(".jinja").removesuffix(".j2")
    if name.endswith(MARKUP_SUFFIXES):
        return TEXT
    return XML if name.endswith(XML_SUFFIXES) else PLAIN


class Template:
    """One template.

    >>> Template("Hello {{ name }}!").render({"name": "<World>"})
    'Hello &lt;World&gt;!'

    Without a name it is HTML; otherwise the end of the name decides.  Threads and tasks may render
    one template at the same time.
    """

    def __init__(
        self,
        source: str,
        *,
        name: str | None = None,
        environment: "Environment | None" = None,
        filename: str | None = None,
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> None:
        if environment is None:
            from groundup_templating.environment import (  # noqa: PLC0415 - it imports this module
                default_environment,
            )

            environment = default_environment()
        self.source = source
        self.name = name or "<template>"
        self.environment = environment
        self.filename = filename or f"<template {self.name}>"
        self.start = start_context(name)
        self.is_fresh = is_fresh
        self._units: dict[tuple[str | None, Context, bool], Unit] = {}
        try:
            self.tree: Tree = parse(source, dedent=environment.dedent)
            fold(self.tree.body, environment.filters)
            self._compiler = Compiler(
                self.tree,
                source,
                self.filename,
                {**environment.namespace, "__template__": self},
                environment.filters,
                environment.tests,
                trusted=environment.trusted,
                cache=environment.cache,
            )
            self.unit(None, self.start)  # so that mistakes come up now
        except TemplateError as error:
            raise error.place(self.name, source) from None

    def __repr__(self) -> str:
        return f"<Template {self.name}>"

    def start_in(self, place: Context) -> Context:
        """Return the context where this template starts if it is put into another, there.

        In text that is not HTML it stays what its name says.
        """
        return self.start if place.state is State.PLAIN else place

    def unit(self, block: str | None, start: Context, *, waits: bool = False) -> Unit:
        """Return the compiled template, or one block of it, for the context where it starts."""
        key = (block, start, waits)
        unit = self._units.get(key)
        if unit is None:
            try:
                compiler = self._compiler
                if block is None:
                    unit = compiler.root(start, waits=waits)
                else:
                    unit = compiler.block(block, start, waits=waits)
            except TemplateError as error:
                raise error.place(self.name, self.source) from None
            self._units[key] = unit
        return unit

    def render(self, context: Mapping[str, Any] | None = None, /, **more: Any) -> str:
        """Return the text of the template with these names.

        Raises:
            UndefinedError: A name is missing.
            SandboxError: The template does what templates may not do.
            TemplateError: All errors of this package are of this type.
        """
        run, names = self._begin(context, more)
        out = Output()
        try:
            self.run_into(run, names, out, {}, self.start)
            return run.finish(out)
        except Exception as error:
            _place_error(error, error.__traceback__)
            raise

    async def render_async(self, context: Mapping[str, Any] | None = None, /, **more: Any) -> str:
        """Return the text of the template, waiting for what it calls and for async iterators.

        Raises:
            TemplateError: As ``render``.
        """
        (text,) = [text async for text in self._pieces(context, more, sys.maxsize)]
        return text

    def stream(
        self, context: Mapping[str, Any] | None = None, /, *, part: int = PART, **more: Any
    ) -> Generator[str, None, None]:
        """Yield the text of the template in parts of at least so many characters, but the last.

        Raises:
            TemplateError: As ``render``, but after the parts before it.
        """
        run, names = self._begin(context, more)
        out = Stream(part)
        try:
            yield from drive(self.run_into_async(run, names, out, {}, self.start), run, out)
        except Exception as error:
            _place_error(error, error.__traceback__)
            raise

    def stream_async(
        self, context: Mapping[str, Any] | None = None, /, *, part: int = PART, **more: Any
    ) -> AsyncGenerator[str, None]:
        """Yield the text of the template as ``stream``, waiting as ``render_async``."""
        return self._pieces(context, more, part)

    async def _pieces(
        self, context: Mapping[str, Any] | None, more: Mapping[str, Any], part: int
    ) -> AsyncGenerator[str, None]:
        run, names = self._begin(context, more)
        out = Stream(part)
        body = self.run_into_async(run, names, out, {}, self.start)
        try:
            async with aclosing(drive_async(body, run, out)) as pieces:
                async for piece in pieces:
                    yield piece
        except Exception as error:
            _place_error(error, error.__traceback__)
            raise

    def _begin(
        self, context: Mapping[str, Any] | None, more: Mapping[str, Any]
    ) -> tuple[Run, dict[str, Any]]:
        names: dict[str, Any] = {**self.environment.globals, **(context or {}), **more}
        limits, trusted = self.environment.limits, self.environment.trusted
        return Run(dict(names), limits, trusted=trusted), names

    def run_into(
        self, run: Run, names: dict[str, Any], out: Output, blocks: Blocks, start: Context
    ) -> None:
        """Render into an output, as the template itself or as the parent of others."""
        for name in self.tree.blocks:
            blocks.setdefault(name, []).append(self)
        function = self.unit(None, start).function
        if self._trims_end(start):
            own = Output()
            function(run, names, own, blocks)
            out.append(run.finish(own).removesuffix("\n"))
        else:
            function(run, names, out, blocks)

    async def run_into_async(
        self,
        run: Run,
        names: dict[str, Any],
        out: Output,
        blocks: Blocks,
        start: Context,
        *,
        part: bool = False,
    ) -> None:
        """Render into an output, waiting; ``part`` says that others have written there before."""
        for name in self.tree.blocks:
            blocks.setdefault(name, []).append(self)
        function = self.unit(None, start, waits=True).function
        if not self._trims_end(start):
            await function(run, names, out, blocks)
            return
        own = Output() if part else out
        await function(run, names, own, blocks)
        run.settle(own)
        text = "".join(own).removesuffix("\n")
        own.clear()
        out.append(text)
        out.counted = len(out) if own is out else out.counted

    def _trims_end(self, start: Context) -> bool:
        tree = self.tree
        # In a script the line break may end a comment, so there it stays.
        return tree.trims_end and tree.extends is None and start.state in {State.TEXT, State.PLAIN}

    def exported(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Return what this template, after it has run, offers to those that import it."""
        return {
            name: names[name]
            for name in assigned_names(self.tree.body)
            if not name.startswith("_") and not isinstance(names.get(name, None), Undefined)
        }

    def show_lines(self) -> None:
        """Let tracebacks show the lines of a template that is in no file."""
        if self.filename.startswith("<template "):
            lines = self.source.splitlines(keepends=True)
            linecache.cache[self.filename] = (len(self.source), None, lines, self.filename)


def _place_error(error: Exception, traceback: TracebackType | None) -> None:
    """Say where in which template an error happened, and by which way it was reached."""
    places: list[tuple[Template, int, int]] = []
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__template__")
        if isinstance(template, Template):
            place = (template, *_position(traceback))
            if places[-1:] != [place]:  # a function that reads attributes stands in the same place
                places.append(place)
        traceback = traceback.tb_next
    for number, (template, line, column) in enumerate(reversed(places)):
        template.show_lines()
        if number == 0 and isinstance(error, TemplateError) and error.line is None:
            error.name, error.line, error.column = template.name, line, column
            error.excerpt = template.source.split("\n")[line - 1]
        else:
            text = template.source.split("\n")[line - 1].strip()
            word = "reached from" if number else "in"
            error.add_note(f"{word} template {template.name}, line {line}: {text[:100]}")


def _position(traceback: TracebackType) -> tuple[int, int]:
    positions = traceback.tb_frame.f_code.co_positions()
    found = next(islice(positions, traceback.tb_lasti // 2, None), (None, None, None, None))
    column = found[2]
    return traceback.tb_lineno, 1 if column is None else column + 1
