"""Turn a tree into a Python function: the statements that make functions, and the last step.

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
from typing import Any, ClassVar

from groundup_templating.context import Context, State, join, widen
from groundup_templating.context_escape import place_values
from groundup_templating.errors import ContextError, TemplateSyntaxError
from groundup_templating.parser import Tree
from groundup_templating.scopes import Scope, assigned_names
from groundup_templating.statement_code import StatementCode
from groundup_templating.statements import (
    Block,
    CallBlock,
    Extends,
    FilterBlock,
    For,
    FromImport,
    If,
    Import,
    Include,
    Macro,
    Print,
    Set,
    SetBlock,
    Statement,
    With,
)

__all__ = ["Compiler", "Unit"]

MAX_LOOPS = 15  # loops in loops: Python itself takes 20
LEAVES = frozenset([str, int, float, bool, type(None), ast.Load, ast.Store])
BINDING = (Set, SetBlock, Macro, Import, FromImport)


@dataclass(frozen=True, slots=True)
class Unit:
    """One compiled function: a whole template or a block, for one context."""

    source: str
    function: Callable[..., None]
    places: dict[int, Context]


class FunctionCode(StatementCode):
    """Generate Python for all statements."""

    _loops = 0  # around the statement that is being generated, in the same function

    def make_for(self, statement: For) -> None:
        """``for target in iterable``."""
        self._loops += 1
        if self._loops > MAX_LOOPS:
            raise TemplateSyntaxError(
                f"loops must be nested at most {MAX_LOOPS} deep", at=statement.at
            )
        self.flush()
        if statement.recursive:
            self._make_recursive(statement)
        else:
            self._make_loop(statement, self.code(statement.iterable), "")
        self._loops -= 1

    def _make_recursive(self, statement: For) -> None:
        if self.places[id(statement)].state not in {State.TEXT, State.PLAIN}:
            raise ContextError("a recursive loop must stand in text", at=statement.at)
        number = self.new_number()
        function, suffix = f"loop_{number}", f"_{number}"
        self.line(f"def {function}(items, level=0):", statement.at)
        with self.writer.indented():
            self.line("run.enter()", statement.at)
            with self.buffer(suffix, statement.at):
                self._make_loop(statement, "items", f", level, {function}")
            self.line("run.leave()", statement.at)
            self.line(f"return {self.wrap}(run.finish(out{suffix}))", statement.at)
        self.add_piece(f"{function}({self.code(statement.iterable)})", statement.at)

    def _make_loop(self, statement: For, iterable: str, recursion: str) -> None:
        at, empty = statement.at, f"empty_{self.new_number()}"
        if statement.otherwise:
            self.line(f"{empty} = True", at)
        header = len(self.writer.lines)
        with self.new_scope() as scope:
            scope.bind("loop")
            target = self.bind_target(statement.target)
            condition = "" if statement.condition is None else self.code(statement.condition)
            with self.writer.indented():
                if statement.otherwise:
                    self.line(f"{empty} = False", at)
                self.scoped_body(statement.body, at)
            self._insert_header(header, target, iterable, condition, recursion, at)
        if statement.otherwise:
            self.line(f"if {empty}:", at)
            with self.writer.indented():
                self.body(statement.otherwise)

    def _insert_header(
        self, header: int, target: str, iterable: str, condition: str, recursion: str, at: int
    ) -> None:
        """Write the head of a loop, now that the body has shown whether it asks for ``loop``."""
        items, scope = f"items_{self.new_number()}", self.scope
        lines: list[str] = []
        if condition:
            each = f"run.each({iterable}, {self.out})"
            lines.append(f"{items} = [{target} for {target} in {each} if {condition}]")
        elif "loop" in scope.used:
            lines.append(f"{items} = {iterable}")
        else:
            items = iterable
        each = f"run.each({items}, {self.out})"
        if "loop" in scope.used:
            lines.append(f"{scope.bound['loop']} = Loop({each}, {items}, undefined{recursion})")
            each = scope.bound["loop"]
        self.writer.insert(header, [*lines, f"for {target} in {each}:"], at)

    def make_include(self, statement: Include) -> None:
        """``include name``."""
        names = self.names() if statement.with_context else "None"
        self.line(
            f"link.include(run, {self.code(statement.template)}, {names}, {self.out}, "
            f"{self.place(statement)}, {statement.ignore_missing})",
            statement.at,
        )

    def make_block(self, statement: Block) -> None:
        """``block name``: whoever fills it."""
        place = self.place(statement)
        self.line(
            f"link.block(run, {statement.name!r}, {self.names()}, {self.out}, blocks, 0, {place})",
            statement.at,
        )

    def make_macro(self, statement: Macro) -> None:
        """``macro name(parameters)``."""
        self.flush()
        self.line(f"{self.bind(statement.name)} = {self._define(statement)}", statement.at)

    def _define(self, statement: Macro) -> str:
        """Write the function of a macro and return the Python that makes the Macro."""
        at, number = statement.at, self.new_number()
        loops, self._loops = self._loops, 0
        header = len(self.writer.lines)
        with self.new_scope() as scope:
            parameters = [(p, scope.bind(p.name)) for p in statement.parameters]
            extras = {name: scope.bind(name) for name in ("caller", "varargs", "kwargs")}
            with self.writer.indented():
                for parameter, variable in parameters:
                    self.line(f"if {variable} is MISSING:", at)
                    default = f"undefined({parameter.name!r}, (), is_name=True)"
                    if parameter.default is not None:
                        default = self.code(parameter.default)
                    self.line(f"    {variable} = {default}", at)
                with self.buffer(f"_{number}", at):
                    self.scoped_body(statement.body, at)
                self.line(f"return {self.wrap}(run.finish(out_{number}))", at)
            variables = ", ".join([*(variable for _, variable in parameters), *extras.values()])
            self.writer.insert(header, [f"def macro_{number}({variables}):"], at)
            used = tuple(name for name in extras if name in scope.used)
        self._loops = loops
        names = tuple(parameter.name for parameter in statement.parameters)
        return f"Macro({statement.name!r}, {names}, macro_{number}, run, undefined, {used})"

    def make_call_block(self, statement: CallBlock) -> None:
        """``call macro(arguments)`` … ``endcall``."""
        self.flush()
        caller = self._define(statement.caller)
        code = self.make_call(statement.call, f"caller={caller}")
        self.add_piece(self.escaped(statement, code), statement.at)

    def make_import(self, statement: Import) -> None:
        """``import template as name``."""
        module = self._module(statement)
        self.line(f"{self.bind(statement.name)} = {module}", statement.at)

    def make_from_import(self, statement: FromImport) -> None:
        """``from template import name``."""
        module = f"module_{self.new_number()}"
        self.line(f"{module} = {self._module(statement)}", statement.at)
        for name, alias in statement.names:
            self.check_private(name, statement.at)
            self.line(f"{self.bind(alias)} = link.pick({module}, {name!r})", statement.at)

    def _module(self, statement: Import | FromImport) -> str:
        names = self.names() if statement.with_context else "None"
        return f"link.load_module(run, {self.code(statement.template)}, {names}, {self.plain})"

    def make_extends(self, statement: Extends) -> None:
        """``extends name``: done at the end, see ``Compiler.root``."""

    MAKERS_OF_STATEMENTS: ClassVar[dict[type, Callable[..., None]]] = {
        Print: StatementCode.make_print,
        If: StatementCode.make_if,
        Set: StatementCode.make_set,
        SetBlock: StatementCode.make_set_block,
        FilterBlock: StatementCode.make_filter_block,
        With: StatementCode.make_with,
        For: make_for,
        Include: make_include,
        Block: make_block,
        Macro: make_macro,
        CallBlock: make_call_block,
        Import: make_import,
        FromImport: make_from_import,
        Extends: make_extends,
    }


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
    ) -> None:
        self._tree = tree
        self._filename = filename
        self._namespace = namespace
        self._filters = filters
        self._tests = tests
        self._trusted = trusted
        self._starts = [0, *(found.end() for found in re.finditer("\n", source))]

    def root(self, start: Context) -> Unit:
        """Compile the whole template."""
        body: list[Statement] = self._tree.body
        extends = self._tree.extends
        if extends is not None:
            # Of a template that extends another, only blocks and what it binds matter.
            binding = (statement for statement in body if isinstance(statement, BINDING))
            body = list[Statement](binding)
        code, places = self._begin(body, start)
        code.scope = Scope(0, exports=True)
        for name in assigned_names(body):
            code.scope.free[name] = code.scope.bind(name)
        with code.writer.indented():
            code.body(body)
            if extends is not None:
                code.namespace["place_0"] = start
                template = code.code(extends.template)
                code.line(f"link.extend(run, {template}, names, out, blocks, place_0)", extends.at)
        return self._finish(code, places, "def root(run, names, out, blocks):")

    def block(self, name: str, start: Context) -> Unit:
        """Compile one block."""
        body = self._tree.blocks[name].body
        code, places = self._begin(body, start)
        code.block = name
        with code.writer.indented(), code.new_scope():
            code.scoped_body(body, self._tree.blocks[name].at)
        return self._finish(code, places, "def block(run, names, out, blocks, level):")

    def _begin(
        self, body: list[Statement], start: Context
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
        code = FunctionCode(self._filters, self._tests, places, start, trusted=self._trusted)
        return code, places

    def _finish(self, code: FunctionCode, places: dict[int, Context], head: str) -> Unit:
        scope = code.scope
        lines = ["append = out.append", "extend = out.extend"]
        lines += [
            f"{variable} = names[{name!r}] if {name!r} in names else "
            f"undefined({name!r}, names, is_name=True)"
            for name, variable in scope.free.items()
        ]
        with code.writer.indented():
            code.writer.insert(0, lines, 0)
        code.writer.insert(0, [head], 0)
        text = code.writer.source()
        tree = ast.parse(text)
        self._relocate(tree, [at for _, at in code.writer.lines])
        namespace = {**self._namespace, **code.namespace}
        exec(compile(tree, self._filename, "exec"), namespace)  # noqa: S102 - text of our own
        return Unit(text, namespace[head[4 : head.index("(")]], places)

    def _relocate(self, tree: ast.Module, offsets: list[int]) -> None:
        """Move each node to where it came from."""
        positions: list[tuple[int, int]] = []
        for at in offsets:
            line = bisect_right(self._starts, at)
            positions.append((line, at - self._starts[line - 1]))
        # As ast.walk, but nothing is called: that alone took a fifth of the time of a template.
        nodes: list[Any] = list(tree.body)
        for node in nodes:
            if node is None:  # the key of {**names}
                continue
            fields = node.__dict__
            for value in fields.values():
                if value.__class__ is list:
                    nodes += value
                elif value.__class__ not in LEAVES:
                    nodes.append(value)
            if "lineno" in fields:
                number: int = fields["lineno"]
                line, column = positions[number - 1]
                node.lineno = node.end_lineno = line
                node.col_offset, node.end_col_offset = column, column + 1
