"""Turn a tree into a Python function: the last step, with the places of the template.

A template becomes one function, and each block one more, so that templates which extend it can put
theirs in its place.  Both are compiled for the context in which they start, at their first use:

    root(run, names, out, blocks)                    the whole template
    block(run, names, out, blocks, level)            one block; level counts the ``super()`` calls

The generated text is parsed, and every node is moved to the line and column of the template that it
came from.  So a traceback, a debugger and a profiler speak of the template.
"""

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from groundup_templating.codecache import CodeCache, make_key
from groundup_templating.context import Context, State, join, widen
from groundup_templating.context_escape import place_values
from groundup_templating.errors import ContextError
from groundup_templating.function_code import FunctionCode
from groundup_templating.lookup import Lookup
from groundup_templating.parser import Tree
from groundup_templating.scopes import Scope, assigned_names
from groundup_templating.statements import (
    FromImport,
    Import,
    Macro,
    Set,
    SetBlock,
    Statement,
)

__all__ = ["Compiler", "Unit"]

LEAVES = frozenset([str, int, float, bool, type(None), ast.Load, ast.Store])
WITHOUT_NODES = frozenset([ast.Name, ast.Constant])  # two of three nodes
BINDING = (Set, SetBlock, Macro, Import, FromImport)


@dataclass(frozen=True, slots=True)
class Unit:
    """One compiled function: a whole template or a block, for one context.

    ``offsets`` says for each line of ``source`` which place of the template it came from.
    """

    source: str
    offsets: list[int]
    function: Callable[..., Any]  # returns None, or a coroutine if it waits
    places: dict[int, Context]


class Compiler:
    """Compile the parts of one template."""

    def __init__(
        self,
        tree: Tree,
        source: str,
        filename: str,
        namespace: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]],
        *,
        trusted: bool,
        cache: CodeCache | None = None,
    ) -> None:
        self._tree = tree
        self._cache = cache
        self._filename = filename
        self._namespace = namespace
        self._lookup: Lookup = namespace["lookup"]
        self._filters = filters
        self._tests = tests
        self._trusted = trusted
        self._starts = [0, *(found.end() for found in re.finditer("\n", source))]

    def root(self, start: Context, *, waits: bool = False) -> Unit:
        """Compile the whole template; if it waits, as a coroutine."""
        body: list[Statement] = self._tree.body
        extends = self._tree.extends
        if extends is not None:
            # Of a template that extends another, only blocks and what it binds matter.
            binding = (statement for statement in body if isinstance(statement, BINDING))
            body = list[Statement](binding)
        code, places = self._begin(body, start, waits=waits)
        code.scope = Scope(0, exports=True)
        for name in assigned_names(body):
            code.scope.free[name] = code.scope.bind(name)
        with code.writer.indented():
            code.body(body)
            if extends is not None:
                code.namespace["place_0"] = start
                arguments = f"run, {code.code(extends.template)}, names, out, blocks, place_0"
                code.line(code.linked(f"{code.link}.extend({arguments})"), extends.at)
        return self._finish(code, places, "root", "run, names, out, blocks")

    def block(self, name: str, start: Context, *, waits: bool = False) -> Unit:
        """Compile one block; if it waits, as a coroutine."""
        body = self._tree.blocks[name].body
        code, places = self._begin(body, start, waits=waits)
        code.block = name
        with code.writer.indented(), code.new_scope():
            if self._tree.blocks[name].required:
                code.line(f"link.require({name!r})", self._tree.blocks[name].at)
            code.scoped_body(body, self._tree.blocks[name].at)
        return self._finish(code, places, "block", "run, names, out, blocks, level")

    def _begin(
        self, body: list[Statement], start: Context, *, waits: bool
    ) -> tuple[FunctionCode, dict[int, Context]]:
        places, end = place_values(body, start)
        known = widen(start)
        if join(end, known) != known and end.state is not State.OPENING:
            at = body[-1].at if body else 0
            raise ContextError(
                f"a template or block must end where it starts, it starts in {start} and ends in "
                f"{end}: is a tag or quote not closed?",
                at=at,
            )
        code = FunctionCode(
            self._filters, self._tests, places, start, trusted=self._trusted, waits=waits
        )
        return code, places

    def _finish(
        self, code: FunctionCode, places: dict[int, Context], name: str, parameters: str
    ) -> Unit:
        scope = code.scope
        lines = ["append = out.append", "extend = out.extend"]
        lines += [
            f"{variable} = names[{free!r}] if {free!r} in names else "
            f"undefined({free!r}, names, is_name=True)"
            for free, variable in scope.free.items()
        ]
        with code.writer.indented():
            code.writer.insert(0, lines, 0)
        code.writer.insert(0, [code.head(f"{name}({parameters})")], 0)
        code.writer.lines[:0] = code.loads.functions
        text = code.writer.source()
        namespace = {**self._namespace, **code.namespace, **self._helpers(code)}
        offsets = [at for _, at in code.writer.lines]
        exec(self._compile(text, offsets), namespace)  # noqa: S102 - text of our own
        return Unit(text, offsets, namespace[name], places)

    def _compile(self, text: str, offsets: list[int]) -> CodeType:
        """Compile generated Python, or find it in the cache."""
        known = {at: self._place(at) for at in {*offsets}}
        places = [known[at] for at in offsets]
        if self._cache is None:
            return _compile_at(places, text, self._filename)
        key = make_key(text, self._filename, offsets)
        code = self._cache.load(key)
        if code is None:
            code = _compile_at(places, text, self._filename)
            self._cache.store(key, code)
        return code

    def _helpers(self, code: FunctionCode) -> dict[str, Any]:
        """Return the functions that look up attributes for this code."""
        getters = {f"dot_{name}": self._lookup.make_getter(name) for name in code.attributes}
        loaders = code.loads.loaders.items()
        return {**getters, **{name: self._lookup.make_loader(names) for name, names in loaders}}

    def _place(self, at: int) -> dict[str, int]:
        line = bisect_right(self._starts, at)
        column = at - self._starts[line - 1]
        return {
            "lineno": line,
            "end_lineno": line,
            "col_offset": column,
            "end_col_offset": column + 1,
        }


def _compile_at(places: list[dict[str, int]], text: str, filename: str) -> CodeType:
    tree = ast.parse(text)
    _relocate(tree, places)
    code: CodeType = compile(tree, filename, "exec")
    return code


def _relocate(tree: ast.Module, places: list[dict[str, int]]) -> None:
    """Move each node to the place that the line where it stands came from."""
    # As ast.walk, but nothing is called: that alone took a fifth of the time of a template.
    nodes: list[Any] = list(tree.body)
    for node in nodes:
        if node is None:  # the key of {**names}
            continue
        fields = node.__dict__
        if node.__class__ not in WITHOUT_NODES:
            for value in fields.values():
                if value.__class__ is list:
                    nodes += value
                elif value.__class__ not in LEAVES:
                    nodes.append(value)
        if "lineno" in fields:
            fields.update(places[fields["lineno"] - 1])
