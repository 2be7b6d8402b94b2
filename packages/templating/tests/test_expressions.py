"""groundup_templating.expressions: what binds tighter than what."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import Template, TemplateError, TemplateSyntaxError
from groundup_templating.expressions import MAX_DEPTH, ExpressionParser
from groundup_templating.lexer import split
from groundup_templating.nodes import Const, Name
from groundup_templating.tokens import Output


def show(node: Any) -> str:
    """Write a tree with all its brackets."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Const):
        return repr(node.value)
    if is_dataclass(node):
        parts = [show(getattr(node, f.name)) for f in fields(node) if f.name != "at"]
        return f"({' '.join([type(node).__name__, *(part for part in parts if part)])})"
    if isinstance(node, list | tuple):
        parts = list[Any](node)  # pyright: ignore[reportUnknownArgumentType]  # of nodes
        return " ".join(map(show, parts))
    return "" if node is None or node is False else str(node)


def parse(text: str) -> str:
    (output,) = split("{{ " + text + " }}")
    assert isinstance(output, Output)
    words = ExpressionParser(output.tokens)
    node = words.parse()
    words.expect_end()
    return show(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "(Operation + a (Operation * b c))"),
        ("a * b + c", "(Operation + (Operation * a b) c)"),
        ("a - b - c", "(Operation - (Operation - a b) c)"),
        ("a ** b ** c", "(Operation ** a (Operation ** b c))"),
        ("(a + b) * c", "(Operation * (Operation + a b) c)"),
        ("-a ** b", "(Operation ** (Unary - a) b)"),
        ("-a.b", "(Unary - (Attribute a b))"),
        ("a + -b", "(Operation + a (Unary - b))"),
        ("a ~ b + c", "(Operation + (Concat a b) c)"),
        ("a ~ b ~ c", "(Concat a b c)"),
        ("a ~ b * c", "(Concat a (Operation * b c))"),
        ("not a and b", "(Logical and (Unary not a) b)"),
        ("not a == b", "(Unary not (Compare a == b))"),
        ("a or b and c", "(Logical or a (Logical and b c))"),
        ("a and b and c", "(Logical and a b c)"),
        ("a < b == c", "(Compare a < b == c)"),
        ("a not in b", "(Compare a not in b)"),
        ("a + b < c", "(Compare (Operation + a b) < c)"),
        ("a if b else c", "(Conditional b a c)"),
        ("a if b else c if d else e", "(Conditional b a (Conditional d c e))"),
        ("a or b if c or d else e", "(Conditional (Logical or c d) (Logical or a b) e)"),
        ("a if b", "(Conditional b a)"),
        ("a|f", "(Filter a f (Arguments))"),
        ("a + b|f", "(Operation + a (Filter b f (Arguments)))"),
        ("-a|f", "(Filter (Unary - a) f (Arguments))"),
        ("a|f(b, c=d)|g", "(Filter (Filter a f (Arguments b c d)) g (Arguments))"),
        ("a is t", "(Test a t (Arguments))"),
        ("a is not t", "(Test a t (Arguments) True)"),
        ("a is t b", "(Test a t (Arguments b))"),
        ("a is t b.c", "(Test a t (Arguments (Attribute b c)))"),
        ("a is t(b) and c", "(Logical and (Test a t (Arguments b)) c)"),
        ("a is t and b", "(Logical and (Test a t (Arguments)) b)"),
        ("a is t == b", "(Compare (Test a t (Arguments)) == b)"),
        ("not a is t", "(Unary not (Test a t (Arguments)))"),
        ("a.b.c[d](e)", "(Call (Item (Attribute (Attribute a b) c) d) (Arguments e))"),
        ("a.0", "(Item a 0)"),
        ("a[1:2]", "(Item a (Slice 1 2))"),
        ("a[:]", "(Item a (Slice))"),
        ("a[::2]", "(Item a (Slice 2))"),
        ("f(*a, **b)", "(Call f (Arguments a b))"),
        ("f(a, b=c,)", "(Call f (Arguments a b c))"),
        ("[a, b,]", "(ListDisplay a b)"),
        ("(a,)", "(TupleDisplay a)"),
        ("()", "(TupleDisplay)"),
        ("{a: b, 'c': d}", "(DictDisplay a b 'c' d)"),
        ("{}", "(DictDisplay)"),
        ("'a' 'b'", "'ab'"),
        ("true", "True"),
        ("None", "None"),
        ("1_000", "1000"),
        ("1.5e1", "15.0"),
    ],
)
def test_grouping(text: str, tree: str) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an expression, got the end of the tag"),
        ("a b", "expected the end of the tag, got 'b'"),
        ("a +", "expected an expression, got the end"),
        ("* a", "expected an expression, got '\\*'"),
        ("a.", "expected the name of an attribute"),
        ("a.'b'", "expected the name of an attribute, got 'b'"),
        ("a|", "expected a name"),
        ("a|'f'", "expected a name"),
        ("a is", "expected the name of a test"),
        ("a is 3", "expected the name of a test, got '3'"),
        ("a[]", "an index between the brackets"),
        ("a[:::]", "at most start, stop and step"),
        ("a[b c]", "expected '\\]', got 'c'"),
        ("f(a=1, b)", "expected a named argument"),
        ("f(a=1, a=2)", "'a', which is there already"),
        ("f(a b)", "expected ',', got 'b'"),
        ("f(*a, *b)", "expected an expression, got '\\*'"),
        ("(a b)", "expected ',' or '\\)', got 'b'"),
        ("[a b]", "expected ',' or '\\]'"),
        ("{a}", "expected ':', got '}'"),
        ("{a: b c}", "expected ','"),
        ("if", "expected an expression, got 'if'"),
        ("a not b", "expected 'in', got 'b'"),
        ("a = b", "expected the end of the tag, got '='"),
        ("1e999", "less than 1.8e308"),
        ("a if", "expected an expression"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=message):
        parse(text)


DEEP: dict[str, Callable[[int], str]] = {
    "brackets": lambda depth: "(" * depth + "x" + ")" * depth,
    "lists": lambda depth: "[" * depth + "x" + "]" * depth,
    "dicts": lambda depth: "{1: " * depth + "x" + "}" * depth,
    "signs": lambda depth: "-" * depth + "x",
    "nots": lambda depth: "not " * depth + "x",
    "powers": lambda depth: "x ** " * depth + "x",
    "sums": lambda depth: "x + " * depth + "x",
    "filters": lambda depth: "x" + "|abs" * depth,
    "attributes": lambda depth: "x" + ".real" * depth,
    "items": lambda depth: "x[" * depth + "x" + "]" * depth,
    "calls": lambda depth: "f(" * depth + "x" + ")" * depth,
    "tests": lambda depth: "x" + " is defined" * depth,
    "conditionals": lambda depth: "x if x else " * depth + "x",
    "mixed": lambda depth: "(" * depth + "x" + " + 1 + 1 + 1 + 1)" * depth,
}


@pytest.mark.parametrize("kind", DEEP)
def test_nesting_has_a_limit_and_no_other_error(kind: str) -> None:
    make = DEEP[kind]

    for depth in (MAX_DEPTH + 2, 1000, 50_000):
        with pytest.raises(TemplateSyntaxError, match="nested"):
            Template("{{ " + make(depth) + " }}")


@pytest.mark.parametrize("kind", sorted(set(DEEP) - {"items", "calls", "mixed"}))
def test_what_is_within_the_limit_runs(kind: str) -> None:
    source = "{{ (" + DEEP[kind](MAX_DEPTH - 3) + ") is defined }}"

    assert Template(source).render(x=1, f=abs) == "True"


def test_long_flat_expressions_are_fine() -> None:
    many = ["x"] * 1000

    assert Template("{{ " + " ~ ".join(many) + " }}").render(x=1) == "1" * 1000
    assert Template("{{ " + " and ".join(many) + " }}").render(x=1) == "1"
    assert Template("{{ [" + ", ".join(many) + "]|length }}").render(x=1) == "1000"


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "2.5",
        "'c'",
        "+",
        "-",
        "*",
        "/",
        "//",
        "**",
        "%",
        "~",
        "==",
        "<",
        "in",
        "is",
        "not",
        "and",
        "or",
        "if",
        "else",
        "|",
        ".",
        ",",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "upper",
        "defined",
        "=",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=12))
def test_any_words_compile_or_are_refused(words: list[str]) -> None:
    try:
        Template("{{ " + " ".join(words) + " }}{% if " + " ".join(words) + " %}{% endif %}")
    except TemplateError as error:
        assert error.line == 1  # noqa: PT017 - either way is right


def test_a_tree_may_not_be_deep_in_other_ways_either() -> None:
    source = "{{ " + DEEP["mixed"](25) + " }}"

    with pytest.raises(TemplateSyntaxError, match="nested too deeply"):
        Template(source)
