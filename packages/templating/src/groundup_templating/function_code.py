r"""Turn into Python what makes functions of its own, or runs other templates.

    {% macro card(post) %}                      def macro_1(v1_post, …):
    {% for … recursive %}                       def loop_1(items, level=0):
    {% include "part.html" %}                   link.include(run, 'part.html', names, out, …)

A template that is rendered by ``render_async`` or ``stream`` has the same functions once more, as
coroutines: they wait for what is called, and pause where a part of the page is ready.
"""

from collections.abc import Callable
from typing import ClassVar

from groundup_templating.context import State
from groundup_templating.errors import ContextError, TemplateSyntaxError
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
    With,
)

__all__ = ["FunctionCode"]

MAX_LOOPS = 15  # loops in loops: Python itself takes 20


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
        self.line(self.head(f"{function}(items, level=0)"), statement.at)
        with self.writer.indented():
            self.line("run.enter()", statement.at)
            with self.buffer(suffix, statement.at):
                self._make_loop(statement, "items", f", level, {function}")
            self.line("run.leave()", statement.at)
            self.line(f"return {self.wrap}(run.finish(out{suffix}))", statement.at)
        call = self.linked(f"{function}({self.code(statement.iterable)})")
        self.add_piece(call, statement.at)

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
                with self.run_often():
                    self.scoped_body(statement.body, at)
                self._pause(at)
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
        if self.waits:
            iterable = f"(await listed({iterable}))"
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
        call = (
            f"{self.link}.include(run, {self.code(statement.template)}, {names}, {self.out}, "
            f"{self.place(statement)}, {statement.ignore_missing})"
        )
        self.line(self.linked(call), statement.at)
        self._pause(statement.at)

    def make_block(self, statement: Block) -> None:
        """``block name``: whoever fills it."""
        name, place, names = statement.name, self.place(statement), self.names()
        call = f"{self.link}.block(run, {name!r}, {names}, {self.out}, blocks, 0, {place})"
        self.line(self.linked(call), statement.at)
        self._pause(statement.at)

    def _pause(self, at: int) -> None:
        """Let what is ready be taken away, unless it becomes a value."""
        if self.waits and self.out == "out":
            self.line("if len(out) > out.room:", at)
            self.line("    await pause(run, out)", at)

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
                with self.buffer(f"_{number}", at), self.run_often():
                    self.scoped_body(statement.body, at)
                self.line(f"return {self.wrap}(run.finish(out_{number}))", at)
            variables = ", ".join([*(variable for _, variable in parameters), *extras.values()])
            self.writer.insert(header, [self.head(f"macro_{number}({variables})")], at)
            used = tuple(name for name in extras if name in scope.used)
        self._loops = loops
        names = tuple(parameter.name for parameter in statement.parameters)
        kind = "AsyncMacro" if self.waits else "Macro"
        return f"{kind}({statement.name!r}, {names}, macro_{number}, run, undefined, {used})"

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
        template = self.code(statement.template)
        return self.linked(f"{self.link}.load_module(run, {template}, {names}, {self.plain})")

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
