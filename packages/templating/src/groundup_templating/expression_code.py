"""Turn expressions into Python: each becomes one Python expression, as text.

    user.name | upper ~ "!"    -->    concat(filter_upper(dot_name(v_user)), '!')

What the sandbox forbids for good, a private attribute, is refused here, before anything runs; what
depends on values becomes a call of a function that looks.  A trusted environment gets plain Python.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any, ClassVar

from groundup_templating.errors import SandboxError, TemplateSyntaxError, suggest
from groundup_templating.loads import Loads
from groundup_templating.nodes import (
    Arguments,
    Attribute,
    Call,
    Compare,
    Concat,
    Conditional,
    Const,
    DictDisplay,
    Expression,
    Filter,
    Item,
    ListDisplay,
    Logical,
    Name,
    Operation,
    Slice,
    Test,
    TupleDisplay,
    Unary,
)
from groundup_templating.sandbox import check_name
from groundup_templating.scopes import Scope

__all__ = ["ExpressionCode", "needs_lookup"]

MAX_CODE_DEPTH = 80  # Python itself takes 200 brackets in brackets
GUARDED = {"+": "add", "*": "multiply", "**": "power", "%": "modulo"}


def needs_lookup(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a filter or test whose first argument is the Lookup of the environment."""
    function.needs_lookup = True  # type: ignore[attr-defined]  # a mark of our own
    return function


class ExpressionCode:
    """Generate Python for expressions; collects the functions that the code will need."""

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]],
        *,
        trusted: bool,
        waits: bool = False,
    ) -> None:
        self.waits = waits  # whether the code is that of coroutines
        self.link = "async_link" if waits else "link"
        self.scope = Scope(0)
        self.namespace: dict[str, Any] = {}
        self.attributes: set[str] = set()  # names that are looked up behind a dot
        self.loads = Loads()
        self.certain = False  # whether what is generated will be evaluated in any case
        self._filters = filters
        self._tests = tests
        self._trusted = trusted
        self._depth = 0

    def code(self, node: Expression) -> str:
        """Return the Python expression for a node."""
        self._depth += 1
        if self._depth > MAX_CODE_DEPTH:
            raise TemplateSyntaxError("an expression is nested too deeply", at=node.at)
        text = self.MAKERS[type(node)](self, node)
        self._depth -= 1
        return text

    def called(self, call: str) -> str:
        """Return the Python for a call whose result may have to be waited for."""
        self.loads.see_call()
        return f"(await awaited({call}))" if self.waits else call

    def linked(self, call: str) -> str:
        """Return the Python for a call of a function that is a coroutine if this code is one."""
        self.loads.see_call()
        return f"(await {call})" if self.waits else call

    def head(self, signature: str) -> str:
        """Return the head of a function that waits if this code does."""
        return f"async def {signature}:" if self.waits else f"def {signature}:"

    def make_const(self, node: Const) -> str:
        """``'text'``."""
        code = repr(node.value)
        return f"({code})" if code[0] == "-" else code  # (-1) ** 2 is not -1 ** 2

    def make_name(self, node: Name) -> str:
        """``v_name``."""
        return self.scope.find(node.name)

    def make_attribute(self, node: Attribute) -> str:
        """``dot_name(value)``."""
        self.check_private(node.name, node.at)
        self.attributes.add(node.name)
        value = self.code(node.value)
        if self.certain and isinstance(node.value, Name):
            return self.loads.want(value, node.name)
        return f"dot_{node.name}({value})"

    def check_private(self, name: str, at: int) -> None:
        """Refuse private names in a template that is not trusted."""
        try:
            if not self._trusted:
                check_name(name)
        except SandboxError as error:
            error.at = at
            raise

    def make_item(self, node: Item) -> str:
        """``get_item(value, index)``."""
        return f"get_item({self.code(node.value)}, {self.code(node.index)})"

    def make_slice(self, node: Slice) -> str:
        """``slice(start, stop, step)``."""
        parts = [node.start, node.stop, node.step]
        return f"slice({', '.join('None' if p is None else self.code(p) for p in parts)})"

    def arguments(self, arguments: Arguments, *first: str) -> str:
        """Return what stands between the brackets of a call."""
        parts = [*first, *map(self.code, arguments.positional)]
        if arguments.rest is not None:
            parts.append(f"*{self.code(arguments.rest)}")
        for name, value in arguments.named:
            if iskeyword(name):
                parts.append(f"**{{{name!r}: {self.code(value)}}}")
            else:
                parts.append(f"{name}={self.code(value)}")
        if arguments.named_rest is not None:
            parts.append(f"**{self.code(arguments.named_rest)}")
        return ", ".join(parts)

    def make_call(self, node: Call, *extra: str) -> str:
        """``run.call(function, …)`` or ``run.call_method(lookup, value, 'name', …)``."""
        if (filled := self.filled_block(node)) is not None:
            return filled
        if isinstance(node.function, Attribute):
            method = node.function
            self.check_private(method.name, method.at)
            first = ("lookup", self.code(method.value), repr(method.name))
            inside = self.arguments(node.arguments, *first)
            return self.called(f"run.call_method({', '.join([inside, *extra])})")
        inside = self.arguments(node.arguments, self.code(node.function))
        return self.called(f"run.call({', '.join([inside, *extra])})")

    def filled_block(self, node: Call) -> str | None:  # noqa: ARG002 - for those who have blocks
        """Return the code of a call that gives the text of a block."""
        return None

    def make_filter(self, node: Filter) -> str:
        """``filter_name(value, …)``."""
        return self.apply_filter(node, self.code(node.value))

    def apply_filter(self, node: Filter, value: str) -> str:
        """Return the call of a filter on a value that is Python already."""
        return self._call_function("filter", self._filters, node, value)

    def make_test(self, node: Test) -> str:
        """``test_name(value, …)``."""
        call = self._call_function("test", self._tests, node, self.code(node.value))
        return f"(not {call})" if node.negated else call

    def _call_function(
        self,
        kind: str,
        table: Mapping[str, Callable[..., Any]],
        node: Filter | Test,
        value: str,
    ) -> str:
        function = table.get(node.name)
        if function is None:
            raise TemplateSyntaxError(
                f"unknown {kind} {node.name!r}{suggest(node.name, table)}", at=node.at
            )
        name = f"{kind}_{node.name.replace('.', '_')}"
        self.namespace[name] = function
        first = ["lookup", value] if getattr(function, "needs_lookup", False) else [value]
        call = f"{name}({self.arguments(node.arguments, *first)})"
        if not iscoroutinefunction(function):
            return call
        return self.called(call) if self.waits else f"must_wait({kind!r}, {node.name!r})"

    def make_unary(self, node: Unary) -> str:
        """``(not value)``."""
        return f"({node.operator} {self.code(node.value)})"

    def make_operation(self, node: Operation) -> str:
        """``(left - right)``, or ``add(left, right)`` where the result can become huge."""
        left, right = self.code(node.left), self.code(node.right)
        if node.operator in GUARDED and not self._trusted:
            return f"{GUARDED[node.operator]}({left}, {right})"
        return f"({left} {node.operator} {right})"

    @contextmanager
    def uncertain(self) -> Generator[None, None, None]:
        """Generate what may not be evaluated."""
        before, self.certain = self.certain, False
        yield
        self.certain = before

    def make_compare(self, node: Compare) -> str:
        """``(a < b < c)``."""
        with self.uncertain():
            return self._join_compared(node)

    def _join_compared(self, node: Compare) -> str:
        rest = "".join(f" {word} {self.code(value)}" for word, value in node.rest)
        return f"({self.code(node.first)}{rest})"

    def make_logical(self, node: Logical) -> str:
        """``(a and b and c)``."""
        with self.uncertain():
            return f"({f' {node.operator} '.join(map(self.code, node.values))})"

    def make_concat(self, node: Concat) -> str:
        """``concat(a, b, c)``."""
        return f"concat({', '.join(map(self.code, node.values))})"

    def make_conditional(self, node: Conditional) -> str:
        """``(yes if test else no)``; without ``else``, the empty text."""
        with self.uncertain():
            no = "''" if node.no is None else self.code(node.no)
            return f"({self.code(node.yes)} if {self.code(node.test)} else {no})"

    def make_list(self, node: ListDisplay) -> str:
        """``[a, b]``."""
        return f"[{', '.join(map(self.code, node.values))}]"

    def make_tuple(self, node: TupleDisplay) -> str:
        """``(a, b,)``."""
        return f"({''.join(f'{self.code(value)}, ' for value in node.values)})"

    def make_dict(self, node: DictDisplay) -> str:
        """``{key: value}``."""
        items = (f"{self.code(key)}: {self.code(value)}" for key, value in node.items)
        return f"{{{', '.join(items)}}}"

    MAKERS: ClassVar[dict[type[Expression], Callable[..., str]]] = {
        Const: make_const,
        Name: make_name,
        Attribute: make_attribute,
        Item: make_item,
        Slice: make_slice,
        Call: make_call,
        Filter: make_filter,
        Test: make_test,
        Unary: make_unary,
        Operation: make_operation,
        Compare: make_compare,
        Logical: make_logical,
        Concat: make_concat,
        Conditional: make_conditional,
        ListDisplay: make_list,
        TupleDisplay: make_tuple,
        DictDisplay: make_dict,
    }
