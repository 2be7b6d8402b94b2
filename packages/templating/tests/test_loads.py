"""groundup_templating.loads: several attributes at once, and everything as if one by one."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup_templating import ChainableUndefined, Environment, Template, UndefinedError
from groundup_templating.loads import Loads

ROWS = "{% for r in rows %}{{ r.a }}\n{{ r.b }}\n{{ r.c }};{% endfor %}"


class Row:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    @property
    def bad(self) -> str:
        raise ValueError("inside")


def python(source: str, *, waits: bool = False) -> str:
    template = Template(source)
    return template.unit(None, template.start, waits=waits).source


@pytest.mark.parametrize("make", [dict, Row])
def test_rows_of_all_kinds_give_the_same(make: Callable[..., Any]) -> None:
    rows = [make(a=1, b="<", c=None), make(c=3, b=2, a=1)]

    assert Template(ROWS).render(rows=rows) == "1\n&lt;\nNone;1\n2\n3;"


def test_kinds_may_change_from_row_to_row() -> None:
    class Other(dict[str, Any]):
        pass

    kinds: list[Callable[..., Any]] = [dict, Row, Other, Row, dict, Other]
    rows = [make(a=1, b=2, c=3) for make in kinds]

    assert Template(ROWS).render(rows=rows) == "1\n2\n3;" * 6


@pytest.mark.parametrize(
    ("source", "count"),
    [
        pytest.param(ROWS, 1, id="loop"),
        pytest.param("{{ r.a }}{{ r.b }}{{ r.c }}", 0, id="once"),
        pytest.param("{% for r in x %}{{ r.a }}{{ r.b }}{% endfor %}", 0, id="two"),
        pytest.param("{% for r in x %}{{ r.a }}{{ r.b }}{{ s.c }}{% endfor %}", 0, id="others"),
        pytest.param(
            "{% for r in x %}{{ r.a }}{{ r.a }}{{ r.b }}{% endfor %}", 0, id="two-of-them"
        ),
        pytest.param("{% for r in x %}{{ r.a.d }}{{ r.b|e }}{{ r.c+1 }}{% endfor %}", 1, id="deep"),
        pytest.param(
            "{% for r in x %}{{ r.a }}{{ r.b }}{{ r.c }}{{ f() }}{% endfor %}", 0, id="call"
        ),
        pytest.param(
            "{% for r in x %}{{ r.a if r.b else r.c }}{{ r.d }}{{ r.e }}{% endfor %}", 0, id="if"
        ),
        pytest.param(
            "{% for r in x %}{{ r.a or r.b }}{{ r.c < r.d < r.e }}{% endfor %}", 0, id="or"
        ),
        pytest.param(
            "{% macro m(r) %}{{ r.a }}{{ r.b }}{{ r.c }}{% endmacro %}{{ m(x) }}", 1, id="macro"
        ),
        pytest.param(
            "{% for r in x %}{{ r.a }}{{ r.b }}{{ r.c }}{% if r.d %}-{% endif %}{% endfor %}",
            1,
            id="before-a-branch",
        ),
    ],
)
def test_they_are_read_at_once_where_that_is_worth_it(source: str, count: int) -> None:
    assert python(source).count("def each_") == count
    assert "\0" not in python(source)
    assert python(source, waits=True).count("def each_") == count


def test_what_is_shown_twice_is_asked_for_once() -> None:
    class Row:
        b, c = 2, 3

        def __init__(self) -> None:
            self.asked = 0

        @property
        def a(self) -> int:
            self.asked += 1
            return self.asked

    source = (
        "{% for r in rows %}{{ r.a }}{{ r.b }}{{ r.a }}{{ r.c }}{{ s.d }}{{ r.b }};{% endfor %}"
    )
    rows = [Row(), Row(), {"a": 4, "b": 5, "c": 6}]

    assert Template(source).render(rows=rows, s={"d": "-"}) == "1213-2;1213-2;4546-5;"


def test_a_call_sees_what_was_before_it() -> None:
    rows = [Row(a=1, b=2, c=3)]

    def change() -> str:
        vars(rows[0])["c"] = 4
        return ""

    source = "{% for r in rows %}{{ r.a }}{{ r.b }}{{ change() }}{{ r.c }}{{ r.c }}{% endfor %}"

    assert Template(source).render(rows=rows, change=change) == "1244"


def test_a_condition_that_is_false_reads_nothing() -> None:
    source = "{% for r in rows %}{{ r.a }}{{ r.b }}{{ r.c if r.a > 1 else r.bad or 1 }}{% endfor %}"

    assert Template(source).render(rows=[Row(a=2, b=2, c=3)]) == "223"
    with pytest.raises(ValueError, match="inside"):
        Template(source).render(rows=[Row(a=1, b=2, c=3)])


@pytest.mark.parametrize("make", [dict, Row])
def test_what_is_missing_is_an_error_in_its_place(make: Callable[..., Any]) -> None:
    with pytest.raises(UndefinedError, match="has no 'b'") as caught:
        Template(ROWS, name="page.html").render(rows=[make(a=1, c=3)])

    assert (caught.value.line, caught.value.column) == (2, 4)


def test_what_is_missing_may_have_a_default() -> None:
    source = "{% for r in rows %}{{ r.a }}{{ r.b | default('-') }}{{ r.c is defined }}{% endfor %}"

    for make in (dict, Row):
        assert Template(source).render(rows=[make(a=1), make(a=1, b=2, c=3)]) == "1-False12True"


def test_an_error_of_a_property_stays_where_it_is() -> None:
    source = "{% for r in rows %}\n{{ r.a }}\n{{ r.bad }}\n{{ r.c }}\n{% endfor %}"

    with pytest.raises(ValueError, match="inside") as caught:
        Template(source, name="page.html").render(rows=[Row(a=1, c=3)])
    notes = caught.value.__notes__
    assert notes[0] == "in template page.html, line 3: {{ r.bad }}"


def test_a_row_that_is_missing_itself_is_an_error_in_its_place() -> None:
    source = "{% macro m(r) %}{{ r.a }}{{ r.b }}{{ r.c }}{% endmacro %}\n{{ m() }}"

    with pytest.raises(UndefinedError, match="'r' is not defined") as caught:
        Template(source).render()
    assert (caught.value.line, caught.value.column) == (1, 20)
    chains = Environment(undefined=ChainableUndefined)
    assert chains.from_string(source).render() == "\n"


def test_private_and_opaque_values_stay_closed() -> None:
    with pytest.raises(ValueError, match="private"):
        Template(ROWS.replace("r.b", "r.__class__"))
    with pytest.raises(ValueError, match="a function has no attributes"):
        Template(ROWS).render(rows=[test_private_and_opaque_values_stay_closed])


def test_a_mark_is_resolved_once() -> None:
    loads = Loads()
    mark = loads.want("v_r", "a")

    assert loads.resolve([(f"text({mark})", 3), ("'x'", 9)]) == (
        [],
        [("text(dot_a(v_r))", 3), ("'x'", 9)],
    )
    assert loads.resolve([("'x'", 9)]) == ([], [("'x'", 9)])
