r"""Turn statements into Python: one function for a whole template or for one of its blocks.

    {% for row in rows %}          for v1_row in run.each(v_rows, out):
    <td>{{ row.name }}</td>            extend((
    {% endfor %}                           '<td>',
                                           text(dot_name(v1_row)),
                                           '</td>\n',
                                       ))

Pieces of output that follow each other are handed over in one call.  A buffer is a list of texts
that are joined at the end, which is what makes templates fast.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from groundup_templating.choice import choose_escapers
from groundup_templating.context import PLAIN, TEXT, Context, Language, State
from groundup_templating.context_escape import Places, is_marked_safe
from groundup_templating.errors import TemplateSyntaxError
from groundup_templating.expression_code import ExpressionCode
from groundup_templating.nodes import (
    Attribute,
    Call,
    Const,
    Expression,
    Filter,
    Name,
    Translation,
    TupleDisplay,
)
from groundup_templating.optimizer import constant_text
from groundup_templating.scopes import Scope, assigned_names
from groundup_templating.statements import FilterBlock, If, Print, Set, SetBlock, Statement, With
from groundup_templating.tokens import Text
from groundup_templating.translation import check_message
from groundup_templating.writer import Writer

__all__ = ["StatementCode"]

# Where the second has nothing to do for most of what the first leaves over.
FUSED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("url_path", "quoted"): ("url_path_quoted",),
    ("url_start", "quoted"): ("url_start_quoted",),
}


class StatementCode(ExpressionCode):
    """Generate Python for statements that write and bind; subclasses know the others."""

    MAKERS_OF_STATEMENTS: ClassVar[dict[type, Callable[..., None]]] = {}

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]],
        places: Places,
        start: Context,
        *,
        trusted: bool,
        waits: bool = False,
    ) -> None:
        super().__init__(filters, tests, trusted=trusted, waits=waits)
        self.writer = Writer()
        self.places = places
        self.plain = start.state is State.PLAIN
        self.wrap = "str" if self.plain else "Markup"
        self.block: str | None = None  # the block whose function this is
        self._numbers = 0
        self._buffer = ""  # the suffix of the variables of the buffer being filled
        self._pieces: list[tuple[str, int]] = []
        self._texts: list[str] = []  # that will be the next piece
        self._text_at = 0

    def new_number(self) -> int:
        """Return a number for variables that no other place uses."""
        self._numbers += 1
        return self._numbers

    def body(self, statements: list[Statement]) -> None:
        """Write the code of statements, at least ``pass``."""
        before = len(self.writer.lines)
        for statement in statements:
            if isinstance(statement, Text):
                self.add_text(statement.text, statement.at)
            else:
                self.MAKERS_OF_STATEMENTS[type(statement)](self, statement)
        self.flush()
        if len(self.writer.lines) == before:
            self.writer.write("pass", statements[0].at if statements else 0)

    def add_text(self, text: str, at: int) -> None:
        """Add text to the output; all that follows each other becomes one constant."""
        if not self._texts:
            self._text_at = at
        self._texts.append(text)

    def add_piece(self, code: str, at: int) -> None:
        """Add a Python expression whose text goes into the output."""
        self._end_text()
        self._pieces.append((code, at))

    def _end_text(self) -> None:
        if text := "".join(self._texts):
            self._pieces.append((repr(text), self._text_at))
        self._texts.clear()

    def flush(self) -> None:
        """Write the pieces that wait: needed before any other line."""
        self._end_text()
        lines, pieces = self.loads.resolve(self._pieces)
        self._pieces = []
        for code, at in lines:
            self.writer.write(code, at)
        if len(pieces) == 1:
            self.writer.write(f"append{self._buffer}({pieces[0][0]})", pieces[0][1])
        elif pieces:
            self.writer.write(f"extend{self._buffer}((", pieces[0][1])
            for code, at in pieces:
                self.writer.write(f"    {code},", at)
            self.writer.write("))", pieces[-1][1])

    def line(self, text: str, at: int) -> None:
        """Write one line, after the pieces that come before it."""
        self.flush()
        self.writer.write(text, at)

    @property
    def out(self) -> str:
        """The variable of the buffer that is being filled."""
        return f"out{self._buffer}"

    @contextmanager
    def buffer(self, suffix: str, at: int) -> Generator[None, None, None]:
        """Let what is written in between go into a buffer of its own."""
        self.flush()
        before, self._buffer = self._buffer, suffix
        self.writer.write(f"out{suffix} = Output()", at)
        self.writer.write(f"append{suffix} = out{suffix}.append", at)
        self.writer.write(f"extend{suffix} = out{suffix}.extend", at)
        yield
        self.flush()
        self._buffer = before

    @contextmanager
    def new_scope(self) -> Generator[Scope, None, None]:
        """Let what is bound in between end there."""
        before = self.scope
        self.scope = Scope(self.new_number(), before)
        yield self.scope
        self.scope = before

    @contextmanager
    def run_often(self) -> Generator[None, None, None]:
        """Note that what is written in between runs often: it may be longer if that is faster."""
        self.loads.often += 1
        yield
        self.loads.often -= 1

    def scoped_body(self, statements: list[Statement], at: int) -> None:
        """Write a body in the scope that has just begun; its names start with what is outside."""
        for name in assigned_names(statements):
            if name not in self.scope.bound:
                outer = self.scope.parent.find(name) if self.scope.parent else name
                self.line(f"{self.scope.bind(name)} = {outer}", at)
        self.body(statements)

    def bind(self, name: str) -> str:
        """Return where to assign a name of the template to, as the start of an assignment."""
        variable = self.scope.bind(name)
        return f"{variable} = names[{name!r}]" if self.scope.exports else variable

    def names(self) -> str:
        """Return the Python for all names that are visible here."""
        visible = self.scope.visible()
        if not visible:
            return "names"
        items = "".join(f", {name!r}: {variable}" for name, variable in visible.items())
        return f"{{**names{items}}}"

    def place(self, statement: Statement) -> str:
        """Return the name of the constant that holds the context of a statement."""
        name = f"place_{self.new_number()}"
        self.namespace[name] = self.places[id(statement)]
        return name

    def escaped(self, statement: Statement, code: str) -> str:
        """Return the Python that escapes a value for the place of a statement."""
        return self._call_escapers(choose_escapers(self.places[id(statement)]), code)

    def _call_escapers(self, escapers: tuple[str, ...], code: str) -> str:
        for name in FUSED.get(escapers, escapers):
            code = f"{name}({code})"
        return code

    def make_print(self, statement: Print) -> None:
        """``{{ value }}``."""
        self.certain, self.loads.at = True, statement.at
        self._make_print(statement)
        self.certain = False

    def _make_print(self, statement: Print) -> None:
        value = statement.value
        if (found := self._find_block(value)) is not None:
            # It is written where it stands, as what it is: in an attribute, in a script.
            self.add_piece(self._fill(*found, self.place(statement)), statement.at)
        elif isinstance(value, Translation):
            self.add_piece(self.escaped(statement, self._translated(statement, value)), value.at)
        elif is_marked_safe(value) and isinstance(value, Filter):
            self._print(statement, value.value, ("plain",))
        else:
            self._print(statement, value, choose_escapers(self.places[id(statement)]))

    def _print(self, statement: Print, value: Expression, escapers: tuple[str, ...]) -> None:
        if isinstance(value, Const):
            text = constant_text(value.value, escapers)
            if text is not None:
                self.add_text(text, statement.at)
                return
        self.add_piece(self._call_escapers(escapers, self.code(value)), statement.at)

    def _translated(self, statement: Print, node: Translation) -> str:
        context = self.places[id(statement)]
        html = context.language is Language.TEXT and not self.plain
        if html:
            for message in filter(None, [node.message, node.plural]):
                check_message(message, node.at)
        if node.plural is None or node.count is None:
            found = self.called(f"run.call({self.scope.find('gettext')}, {node.message!r})")
        else:
            arguments = f"{node.message!r}, {node.plural!r}, {self.code(node.count)}"
            found = self.called(f"run.call({self.scope.find('ngettext')}, {arguments})")
        values = "".join(f"{name!r}: {self.code(value)}, " for name, value in node.values.items())
        return f"translate({'Markup' if html else 'str'}, {found}, {{{values}}})"

    def filled_block(self, node: Call) -> str | None:
        """Return the code of ``super()`` and ``self.name()`` as a value: HTML of its own."""
        found = self._find_block(node)
        if found is None:
            return None
        place = f"place_{self.new_number()}"
        self.namespace[place] = PLAIN if self.plain else TEXT
        return f"{self.wrap}({self._fill(*found, place)})"

    def _find_block(self, node: Expression) -> tuple[str, str] | None:
        """Return the name and level of the block that a call shows, if it is such a call."""
        if not isinstance(node, Call):
            return None
        function = node.function
        if isinstance(function, Name) and function.name == "super" and self.block is not None:
            return self.block, "level + 1"
        if not isinstance(function, Attribute) or not isinstance(function.value, Name):
            return None
        return (function.name, "0") if function.value.name == "self" else None

    def _fill(self, name: str, level: str, place: str) -> str:
        names = self.names()
        return self.linked(f"{self.link}.fill(run, {name!r}, {names}, blocks, {level}, {place})")

    def make_if(self, statement: If) -> None:
        """``if`` … ``elif`` … ``else``."""
        word = "if"
        for test, body in statement.branches:
            self.line(f"{word} {self.code(test)}:", test.at)
            with self.writer.indented():
                self.body(body)
            word = "elif"
        if statement.otherwise:
            self.line("else:", statement.at)
            with self.writer.indented():
                self.body(statement.otherwise)

    def make_set(self, statement: Set) -> None:
        """``set target = value``."""
        value = self.code(statement.value)
        if isinstance(statement.target, Attribute):
            owner = self.code(statement.target.value)
            self.line(f"set_item({owner}, {statement.target.name!r}, {value})", statement.at)
        elif isinstance(statement.target, Name):
            self.line(f"{self.bind(statement.target.name)} = {value}", statement.at)
        else:
            self.line(f"{self.bind_target(statement.target)} = {value}", statement.at)
            if self.scope.exports:
                for name in assigned_names([statement]):
                    self.line(f"{self.bind(name)} = {self.scope.bind(name)}", statement.at)

    def bind_target(self, target: Expression) -> str:
        """Return the Python target for names that are bound together."""
        if isinstance(target, Name):
            return self.scope.bind(target.name)
        if not isinstance(target, TupleDisplay):
            raise TemplateSyntaxError("only names can be bound", at=target.at)
        return f"({''.join(f'{self.bind_target(part)}, ' for part in target.values)})"

    def make_set_block(self, statement: SetBlock) -> None:
        """``set name`` … ``endset``."""
        value = self._filtered(statement.filters, self._captured(statement.body, statement.at))
        self.line(f"{self.bind(statement.name)} = {value}", statement.at)

    def make_filter_block(self, statement: FilterBlock) -> None:
        """``filter name`` … ``endfilter``."""
        value = self._filtered(statement.filters, self._captured(statement.body, statement.at))
        self.add_piece(self.escaped(statement, value), statement.at)

    def _captured(self, body: list[Statement], at: int) -> str:
        suffix = f"_{self.new_number()}"
        with self.buffer(suffix, at), self.new_scope():
            self.scoped_body(body, at)
        return f"{self.wrap}(run.finish(out{suffix}))"

    def _filtered(self, filters: list[Filter], value: str) -> str:
        for node in filters:
            value = self.apply_filter(node, value)
        return value

    def make_with(self, statement: With) -> None:
        """``with name = value``: the values see the names outside."""
        values = [self.code(value) for _, value in statement.bindings]
        with self.new_scope():
            for (name, _), value in zip(statement.bindings, values, strict=True):
                self.line(f"{self.scope.bind(name.name)} = {value}", name.at)
            self.scoped_body(statement.body, statement.at)
