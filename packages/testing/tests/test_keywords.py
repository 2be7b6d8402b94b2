"""groundup_testing.keywords: choosing tests by their names."""

import pytest

from groundup_testing.cases import RunnerError
from groundup_testing.keywords import parse_keywords


@pytest.mark.parametrize(
    ("expression", "name", "fits"),
    [
        ("login", "test_Login_flow", True),
        ("LOGIN", "test_login", True),
        ("logout", "test_login", False),
        ("not logout", "test_login", True),
        ("not not login", "test_login", True),
        ("a or b and c", "test_a", True),
        ("(a1 or b1) and c1", "a1", False),
        ("(a1 or b1) and c1", "b1 c1", True),
        ("not(slow)and fast", "fast", True),
        ("x[1]", "test_x[1]", True),
    ],
)
def test_expressions(expression: str, name: str, fits: bool) -> None:
    assert parse_keywords(expression)(name) is fits


@pytest.mark.parametrize(
    ("expression", "token"),
    [
        ("", "the end"),
        ("a b", "b"),
        ("and a", "and"),
        ("a and", "the end"),
        ("(a", "the end"),
        ("a)", r"\)"),
        ("not", "the end"),
    ],
)
def test_what_is_no_expression_is_refused(expression: str, token: str) -> None:
    with pytest.raises(RunnerError, match=f"got '{token}' in"):
        parse_keywords(expression)


def test_nesting_has_an_end() -> None:
    assert parse_keywords("(" * 50 + "a" + ")" * 50)("a")
    with pytest.raises(RunnerError, match="deeper than 50"):
        parse_keywords("(" * 51 + "a" + ")" * 51)
