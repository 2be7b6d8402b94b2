"""groundup_templating.runtime: the meter of a run."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from groundup_templating import Environment, LimitError, Limits, Template, TemplateError
from groundup_templating.runtime import SETTLE_AFTER, Output, Run
from groundup_templating.sandbox import UNLIMITED


def render(source: str, limits: Limits, **names: Any) -> str:
    return Environment(limits=limits).from_string(source).render(**names)


LOOP = "{% for i in x %}{{ i }}{% endfor %}"


@pytest.mark.parametrize("make", [list, tuple, iter, dict.fromkeys, set])
def test_loops_pay_for_every_turn(make: Any) -> None:
    limits = Limits(iterations=100)

    assert render(LOOP, limits, x=make(range(100)))
    with pytest.raises(LimitError, match="at most 100 turns"):
        render(LOOP, limits, x=make(range(101)))


def test_endless_iterators_end() -> None:
    with pytest.raises(LimitError, match="turns"):
        Template(LOOP).render(x=itertools.count())
    with pytest.raises(LimitError, match="turns"):
        Template("{% for i in x %}{{ loop.length }}{% endfor %}").render(x=itertools.count())
    with pytest.raises(LimitError, match="items"):
        Template("{{ x|list|length }}").render(x=itertools.count())


def test_output_is_measured_before_it_is_joined() -> None:
    big = "x" * 1_000_000
    source = "{% for i in r %}{{ big }}{% endfor %}"

    with pytest.raises(LimitError, match="output must have at most"):
        Template(source).render(big=big, r=range(100_000))
    with pytest.raises(LimitError, match="output must have at most"):
        Template(source).render(big=big, r=iter(range(100_000)))
    with pytest.raises(LimitError, match="output must have at most"):
        Template("{% for i in r %}" + source + "{% endfor %}").render(big=big, r=range(30))


def test_the_whole_output_at_its_limit() -> None:
    limits = Limits(output=SETTLE_AFTER * 4)

    assert len(render(LOOP, limits, x=["ab"] * SETTLE_AFTER * 2)) == SETTLE_AFTER * 4
    with pytest.raises(LimitError):
        render(LOOP, limits, x=["ab"] * (SETTLE_AFTER * 2 + 1))


def test_a_template_has_only_so_much_time() -> None:
    def slow() -> Iterator[int]:
        for number in range(SETTLE_AFTER * 3):
            time.sleep(0.001)
            yield number

    with pytest.raises(LimitError, match=r"done in 0\.01 seconds"):
        render(LOOP, Limits(seconds=0.01), x=slow())


@pytest.mark.parametrize("depth", [1, 5])
def test_macros_nest_as_deep_as_the_limit(depth: int) -> None:
    source = (
        "{% macro m(n) %}{{ n }}{% if n > 1 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(d) }}"
    )

    assert len(render(source, Limits(depth=depth), d=depth)) == depth
    with pytest.raises(LimitError, match=f"at most {depth} deep"):
        render(source, Limits(depth=depth), d=depth + 1)


def test_default_depth_needs_no_more_stack_than_python_has() -> None:
    source = (
        "{% macro m(n) %}{{ n }}{% if n > 1 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}"
    )

    assert Template(source).render().startswith("5049")


@pytest.mark.parametrize("value", [None, 3, object()])
def test_a_loop_needs_something_to_iterate_over(value: object) -> None:
    with pytest.raises(TemplateError, match="something to iterate over, got"):
        Template(LOOP).render(x=value)


@pytest.mark.parametrize("count", [0, 1, SETTLE_AFTER - 1, SETTLE_AFTER, SETTLE_AFTER + 1, 1000])
@pytest.mark.parametrize("make", [list, iter])
def test_nothing_is_lost_when_pieces_are_joined(count: int, make: Any) -> None:
    source = "a{% for i in x %}{{ i }},{% for j in y %}{{ j }}{% endfor %};{% endfor %}z"
    inner = list(range(70))

    text = Template(source).render(x=make(range(count)), y=inner)

    row = "".join(map(str, inner))
    assert text == "a" + "".join(f"{i},{row};" for i in range(count)) + "z"


def test_a_run_without_limits_counts_nothing() -> None:
    run = Run({}, UNLIMITED, trusted=True)
    out = Output()
    out.extend(["a"] * 10)

    run.spend(10**12)
    run.settle(out)

    assert run.finish(out) == "a" * 10
    assert len(out) == 1
