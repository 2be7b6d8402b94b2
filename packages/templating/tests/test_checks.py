"""groundup_templating.checks: what ``is`` can ask (most are compared in test_jinja2)."""

from typing import Any

import pytest

from groundup_templating import LenientUndefined, Markup, Template
from groundup_templating.checks import TESTS


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("true is integer", False),
        ("true is number", False),
        ("1 is boolean", False),
        ("1 is true", False),
        ("2.0 is integer", False),
        ("'' is sequence", True),
        ("{} is sequence", False),
        ("{} is iterable", True),
        ("nope is iterable", False),
        ("m is escaped", True),
        ("'a' is escaped", False),
        ("1 is in [1, 2]", True),
        ("1 is not in [1, 2]", False),
        ("5 is divisibleby 2", False),
        ("-1 is odd", True),
        ("'upper' is filter", True),
        ("'nope' is filter", False),
        ("'odd' is test", True),
        ("'nope' is test", False),
        ("1 is lessthan 2", True),
        ("1 is greaterthan 2", False),
        ("1 is equalto 1", True),
        ("1 is false", False),
        ("false is false", True),
    ],
)
def test_answers(expression: str, answer: bool) -> None:
    assert Template("{{ " + expression + " }}").render(m=Markup("")) == str(answer)


@pytest.mark.parametrize("value", [None, 1, "a", [], {}])
def test_every_value_is_of_one_kind_or_another(value: Any) -> None:
    kinds = ["none", "number", "string", "mapping", "sequence"]

    assert any(TESTS[kind](value) for kind in kinds)
    assert TESTS["defined"](value) is not TESTS["undefined"](value)
    assert TESTS["undefined"](LenientUndefined("x"))
