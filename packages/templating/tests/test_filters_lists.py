"""groundup_templating.filters_lists: lists and mappings (most are compared in test_jinja2)."""

from collections.abc import Iterator
from typing import Any

import pytest

from groundup_templating import LimitError, Markup, Template, TemplateError, UndefinedError
from groundup_templating.filters_lists import take
from groundup_templating.sandbox import MAX_ITEMS

NAMES: dict[str, Any] = {
    "m": Markup("<b>"),
    "people": [
        {"name": "b", "age": 2, "town": {"name": "X"}},
        {"name": "a", "age": 2, "town": {"name": "y"}},
        {"name": "c", "town": {"name": "x"}},
    ],
}


def count() -> Iterator[int]:
    yield from range(3)


def render(expression: str) -> str:
    return Template("{{ " + expression + " }}").render({**NAMES, "lazy": count()})


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("people|map(attribute='town.name')|join(' ')", "X y x"),
        ("people|map(attribute='age', default=9)|join", "229"),
        ("people|groupby('town.name')|map(attribute='grouper')|join", "Xy"),
        ("people|groupby('age', default=1)|map('first')|join", "12"),
        ("people|sort(attribute='town.name,name')|map(attribute='name')|join", "bca"),
        ("people|unique(attribute='age')|list|length if false else 3", "3"),
        ("people|selectattr('age', 'defined')|list|length", "2"),
        ("people|rejectattr('age', 'defined')|map(attribute='name')|first", "c"),
        ("people|join(',', attribute='name')", "b,a,c"),
        ("people|min(attribute='name')|attr('name')", "a"),
        ("people|max(attribute='name')|attr('name')", "c"),
        ("[[1, 2], [3]]|map('length')|join", "21"),
        ("[[1, 2], [3]]|sum(start=[])|join", "123"),
        ("['<', m]|join(',')", "&lt;,<b>"),
        ("['a', 'b']|join(m)", "a<b>b"),
        ("[1, 0, 2]|select|join", "12"),
        ("['a', 'b']|select('in', 'bc')|join", "b"),
        ("['a', 'B']|map('lower')|map('upper')|join", "AB"),
        ("[[3, 1]]|map('join', '-')|first", "3-1"),
        ("lazy|last", "2"),
        ("lazy|length", "3"),
        ("lazy|list|length", "3"),
        ("[]|min", ""),
        ("[]|last", ""),
        ("{}|dictsort", "[]"),
        ("[1, 2, 3]|batch(3)|length", "1"),
        ("[1, 2, 3, 4]|slice(3)|map('join')|join(' ')", "12 3 4"),
        ("[]|slice(2)|list", "[[], []]"),
    ],
)
def test_filters(expression: str, text: str) -> None:
    assert render(expression) == text


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[1]|map('uper')", "unknown filter 'uper': did you mean 'upper'"),
        ("[1]|map", "unknown filter None"),
        ("[1]|select('od')", "unknown test 'od'"),
        ("{}|dictsort(by='x')", "sorts by 'key' or 'value', got 'x'"),
        ("[1]|batch(0)", "size from 1"),
        ("[1]|slice(0)", "number from 1"),
        ("[1]|slice(99999999)", "number from 1"),
    ],
)
def test_refusals(expression: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        render(expression)


def test_missing_attributes_are_named() -> None:
    with pytest.raises(UndefinedError, match="dict has no 'age'"):
        render("people|map(attribute='age')|join")


def test_lists_have_a_limit() -> None:
    assert len(take(range(MAX_ITEMS))) == MAX_ITEMS
    with pytest.raises(LimitError, match="at most 1000000 items"):
        take(range(MAX_ITEMS + 1))
    with pytest.raises(LimitError, match="at most 16777216 characters"):
        Template("{{ x|join(y) }}").render(x="a" * 10_000, y="b" * 10_000)
