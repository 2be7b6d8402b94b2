"""groundup_templating.loop: where a loop is, of lists and of what has no length."""

from collections.abc import Iterator
from typing import Any

import pytest

from groundup_templating import ContextError, Template, TemplateError, Undefined
from groundup_templating.loop import Loop


def make(values: list[int], *, sized: bool) -> Loop:
    return Loop(values, values if sized else iter(()), Undefined)


@pytest.mark.parametrize("sized", [True, False])
def test_every_turn_knows_where_it_is(sized: bool) -> None:
    loop = make([7, 8, 9], sized=sized)

    turns = [
        (item, loop.index, loop.index0, loop.revindex, loop.revindex0, loop.first, loop.last)
        for item in loop
    ]

    assert turns == [
        (7, 1, 0, 3, 2, True, False),
        (8, 2, 1, 2, 1, False, False),
        (9, 3, 2, 1, 0, False, True),
    ]


@pytest.mark.parametrize("sized", [True, False])
def test_last_asks_only_for_one_item_more(sized: bool) -> None:
    taken: list[int] = []

    def count() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    loop = Loop(count(), list(range(10)) if sized else iter(()), Undefined)
    next(loop)

    assert not loop.last
    assert len(taken) == (1 if sized else 2)


def test_neighbours_are_undefined_at_the_ends() -> None:
    source = (
        "{% for i in x %}{{ loop.previtem|default('-') }}"
        "{{ loop.nextitem|default('-') }} {% endfor %}"
    )

    assert Template(source).render(x=[1, 2, 3]) == "-2 13 2- "


def test_an_item_may_be_none() -> None:
    loop = make([None, None], sized=False)  # type: ignore[list-item]  # of anything
    next(loop)

    assert not loop.last
    assert loop.nextitem is None


def test_values_in_turn_and_changes() -> None:
    loop = make([1, 1, 2], sized=True)

    assert [(loop.cycle("a", "b"), loop.changed(item)) for item in loop] == [
        ("a", True),
        ("b", False),
        ("a", True),
    ]
    with pytest.raises(TemplateError, match="at least one value"):
        loop.cycle()


def test_only_recursive_loops_can_be_called() -> None:
    with pytest.raises(TemplateError, match="marked recursive"):
        make([1], sized=True)([2])


def render(source: str, **names: Any) -> str:
    return Template(source).render(**names)


def test_recursive_loops_know_their_depth() -> None:
    source = (
        "<ul>{% for n in t recursive %}<li>{{ loop.depth }}{{ loop.depth0 }}{{ n.v }}"
        "{% if n.c %}<ul>{{ loop(n.c) }}</ul>{% endif %}</li>{% endfor %}</ul>"
    )
    tree: Any = [{"v": "<", "c": [{"v": "b", "c": []}]}]

    assert render(source, t=tree) == "<ul><li>10&lt;<ul><li>21b</li></ul></li></ul>"


def test_outer_loops_can_be_kept() -> None:
    source = (
        "{% for a in x %}{% set o = loop %}{% for b in x %}{{ o.index }}"
        "{{ loop.index }} {% endfor %}{% endfor %}"
    )

    assert render(source, x=[1, 2]) == "11 12 21 22 "


def test_includes_see_the_loop() -> None:
    from groundup_templating import DictLoader, Environment

    environment = Environment(DictLoader({"i.html": "{{ loop.index }}{{ i }}"}))

    assert (
        environment.from_string("{% for i in 'ab' %}{% include 'i.html' %}{% endfor %}").render()
        == "1a2b"
    )


def test_recursive_loops_stand_in_text() -> None:
    with pytest.raises(ContextError, match="must stand in text"):
        Template("<p title='{% for i in x recursive %}{{ i }}{% endfor %}'>")
