"""groundup_templating.globals: the names that every template sees."""

from typing import Any

import pytest

from groundup_templating import LimitError, SandboxError, Template, TemplateError
from groundup_templating.globals import MAX_RANGE, bounded_range


def render(source: str, **names: Any) -> str:
    return Template(source).render(names)


def test_ranges_have_a_limit() -> None:
    assert len(bounded_range(MAX_RANGE)) == MAX_RANGE
    assert list(bounded_range(1, 10, 4)) == [1, 5, 9]
    with pytest.raises(LimitError, match="at most 100000 numbers, got 100001"):
        bounded_range(MAX_RANGE + 1)


def test_namespaces_keep_what_loops_set() -> None:
    source = (
        "{% set n = namespace(a=1) %}{% for i in [1, 2] %}{% set n.a = n.a + i %}"
        "{% endfor %}{{ n.a }}"
    )

    assert render(source) == "4"


@pytest.mark.parametrize("value", [{"a": 1}, [1], "text", None])
def test_only_namespaces_can_be_changed(value: Any) -> None:
    with pytest.raises(SandboxError, match=r"only a namespace\(\)"):
        render("{% set x.a = 1 %}", x=value)


def test_cyclers_and_joiners() -> None:
    assert (
        render("{% set c = cycler(1, 2) %}{{ c.next() }}{{ c.next() }}{{ c.reset() or c.next() }}")
        == "121"
    )
    assert render("{% set j = joiner() %}{{ j() }}a{{ j() }}b") == "a, b"
    with pytest.raises(TemplateError, match="at least one value"):
        render("{{ cycler() }}")


def test_the_context_may_hide_them() -> None:
    assert render("{{ range }}", range="mine") == "mine"
