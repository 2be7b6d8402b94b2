"""Let ``assert`` say what it saw: rewrite test files when they are imported.

    assert answer.status == 200             becomes, in the syntax tree,

    seen = []
    if not (see(seen, "answer.status", answer.status) == 200):
        raise AssertionError(explain("assert answer.status == 200", seen))

Each part of the expression is looked at where it stands, so nothing is evaluated twice, in another
order, or in another scope, and what a short circuit leaves out stays out.
"""

import ast
import difflib
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any, cast

__all__ = ["RewritingLoader", "explain", "rewrite", "see"]

SEE, EXPLAIN = "@groundup_see", "@groundup_explain"  # no program can write these names
WORTH_SEEING = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Await, ast.BinOp)
# Other scopes run many times or later, and what stands inside is not what the assertion saw.
CLOSED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr)
MAX_VALUE = 400  # characters of one value
MAX_LINES = 40  # of a difference

Seen = list[tuple[str, Any]]


def see(seen: Seen, source: str, value: Any) -> Any:
    """Note the value of a part, and hand it on."""
    seen.append((source, value))
    return value


def explain(source: str, seen: Seen, message: Any = None) -> str:
    """Return the message of a failed assertion: its text, and what each part was.

    >>> print(explain("assert a == b", [("a", [1, 2]), ("b", [1, 3])]))
    assert a == b
      a = [1, 2]
      b = [1, 3]
      at [1]: 2, not 3
    """
    lines = [] if message is None else [str(message)]
    lines.append(source)
    shown: dict[str, str] = {}
    for text, value in seen:
        if not isinstance(value, type) and not callable(value):
            shown[text] = format_value(value)
    lines += [f"  {text} = {value}" for text, value in shown.items()]
    sides = source.removeprefix("assert ").split(" == ")
    values = dict(seen)
    if len(sides) == 2 and all(side in values or is_literal(side) for side in sides):  # noqa: PLR2004 - left and right
        left, right = (values[side] if side in values else ast.literal_eval(side) for side in sides)
        lines += [f"  {line}" for line in find_difference(left, right)]
    return "\n".join(lines)


def is_literal(source: str) -> bool:
    """Whether an expression is a plain value."""
    try:
        ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError):
        return False
    return True


def format_value(value: Any) -> str:
    """Return a value's repr, cut, and never an error."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - the report must go on
        text = f"<a {type(value).__name__} whose repr raises {error!r}>"
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}... ({len(text)} characters)"


def find_difference(left: Any, right: Any) -> list[str]:
    """Return lines that say where two values of one kind are not the same."""
    if isinstance(left, str) and isinstance(right, str) and "\n" in left + right:
        difference = difflib.ndiff(right.splitlines(), left.splitlines())
        return [line.rstrip("\n") for line in difference][:MAX_LINES]
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return list(compare_mappings(cast("Any", left), cast("Any", right)))[:MAX_LINES]
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return list(compare_sequences(cast("Any", left), cast("Any", right)))[:1]
    return []


def compare_mappings(left: Mapping[Any, Any], right: Mapping[Any, Any]) -> Iterable[str]:
    """Yield the keys that differ."""
    for key in left:
        if key not in right:
            yield f"only left: {key!r}: {format_value(left[key])}"
        elif left[key] != right[key]:
            yield f"at [{key!r}]: {format_value(left[key])}, not {format_value(right[key])}"
    yield from (
        f"only right: {key!r}: {format_value(right[key])}" for key in right if key not in left
    )


def compare_sequences(left: Sequence[Any], right: Sequence[Any]) -> Iterable[str]:
    """Yield the places that differ."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            yield f"at [{place}]: {format_value(one)}, not {format_value(other)}"
    if len(left) != len(right):
        yield f"{len(left)} items, not {len(right)}"


class Text:
    """The text of a file, for the words of its nodes.  Columns of a tree count bytes."""

    def __init__(self, source: bytes) -> None:
        self._lines = source.splitlines(keepends=True)

    def of(self, node: ast.expr) -> str:
        """Return what stands in the file for an expression, on one line."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        lines = self._lines[first : last + 1]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(b"".join(lines).decode("utf-8", "replace").split())


class Watcher(ast.NodeTransformer):
    """Puts ``see`` around the parts of one expression."""

    def __init__(self, seen: str, text: Text) -> None:
        self._seen = seen
        self._text = text

    def visit(self, node: ast.AST) -> Any:
        """Rewrite one part."""
        if isinstance(node, CLOSED):
            return node
        source = self._text.of(node) if isinstance(node, WORTH_SEEING) else ""
        if isinstance(node, ast.Call):  # the function itself is no news
            node.args = [self.visit(one) for one in node.args]
            node.keywords = [self.visit(one) for one in node.keywords]
            if isinstance(node.func, ast.Attribute):
                node.func.value = self.visit(node.func.value)
        elif not isinstance(node, ast.NamedExpr):
            self.generic_visit(node)
        if isinstance(node, WORTH_SEEING) and isinstance(getattr(node, "ctx", LOAD), ast.Load):
            seen = ast.Name(self._seen, LOAD)
            return ast.Call(ast.Name(SEE, LOAD), [seen, ast.Constant(source), node], [])
        return node


LOAD = ast.Load()


class Rewriter(ast.NodeTransformer):
    """Makes every ``assert`` of a module explain itself."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Replace one assertion."""
        source = f"assert {self._text.of(node.test)}"
        seen = "@groundup_seen"
        arguments: list[ast.expr] = [ast.Constant(source), ast.Name(seen, LOAD)]
        arguments += [node.msg] if node.msg is not None else []
        error = ast.Call(
            ast.Name("AssertionError", LOAD), [ast.Call(ast.Name(EXPLAIN, LOAD), arguments, [])], []
        )
        statements: list[ast.stmt] = [
            ast.Assign([ast.Name(seen, ast.Store())], ast.List([], LOAD)),
            ast.If(
                ast.UnaryOp(ast.Not(), Watcher(seen, self._text).visit(node.test)),
                [ast.Raise(error)],
                [],
            ),
        ]
        for statement in statements:
            for part in ast.walk(statement):
                if not hasattr(part, "lineno"):
                    ast.copy_location(part, node)
        return statements


def rewrite(source: bytes, path: str) -> CodeType:
    """Return the code of a test file with assertions that explain themselves.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = Rewriter(Text(source)).visit(ast.parse(source, path))
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


class RewritingLoader(SourceFileLoader):
    """Imports a test file, rewritten; never reads or writes byte code."""

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        """Return the code of a file."""
        return rewrite(bytes(data), str(path))

    def path_stats(self, path: Any) -> Any:  # noqa: ARG002 - so importlib calls it
        """Know nothing of a file, so that no byte code of it is believed."""
        raise OSError

    def set_data(self, path: Any, data: Any, *, _mode: int = 0o666) -> None:
        """Write nothing."""

    def exec_module(self, module: Any) -> None:
        """Run a module, with the two functions that its assertions call."""
        vars(module)[SEE] = see
        vars(module)[EXPLAIN] = explain
        super().exec_module(module)
