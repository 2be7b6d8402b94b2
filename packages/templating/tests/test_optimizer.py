"""groundup_templating.optimizer: what is done once gives what would be done at each rendering."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import (
    ContextError,
    Environment,
    LimitError,
    Template,
    TemplateError,
    explain,
    pure,
)
from groundup_templating.optimizer import MAX_CHARACTERS, constant_text


def python(source: str, environment: Environment | None = None) -> str:
    template = Template(source, environment=environment)
    return template.unit(None, template.start).source


@pytest.mark.parametrize(
    ("source", "constant"),
    [
        pytest.param("{{ 2 * 21 }}", "'42'", id="arithmetic"),
        pytest.param("a{{ 'b' }}c", "'abc'", id="literal"),
        pytest.param("{{ 'a' ~ 1 ~ true ~ none }}", "'a1TrueNone'", id="concat"),
        pytest.param("{{ not 0 }}{{ -(3) }}{{ +2 }}", "'True-32'", id="signs"),
        pytest.param("{{ 'a b' | title | trim }}", "'A B'", id="filters"),
        pytest.param("{{ '3' | int(default=7) + 1 }}", "'4'", id="filter-with-argument"),
        pytest.param("{{ x ~ 'a' ~ 2 }}", "concat(v_x, 'a2')", id="constants-beside-names"),
        pytest.param("{{ 'a' ~ 2 ~ x }}", "concat('a2', v_x)", id="constants-before-names"),
        pytest.param("{{ [1 + 1, {'k': 2 + 2}] }}", "[2, {'k': 4}]", id="displays"),
        pytest.param("{{ f(1 + 1, k=2 + 2) }}", "run.call(v_f, 2, k=4)", id="arguments"),
        pytest.param("{% if 1 + 1 == x %}{% endif %}", "if (2 == v_x):", id="branch"),
        pytest.param("{% for i in [1 + 1] %}{% endfor %}", "each([2], out)", id="loop"),
        pytest.param("{% set x = 1 + 1 %}", "names['x'] = 2", id="set"),
        pytest.param("{% with x = 1 + 1 %}{% endwith %}", "v1_x = 2", id="with"),
        pytest.param("{% macro m(a=1 + 1) %}{% endmacro %}", "v2_a = 2", id="parameter"),
        pytest.param("{% trans a=1 + 1 %}{{ a }}{% endtrans %}", "{'a': 2, }", id="trans"),
        pytest.param("{% include 'a' ~ '.html' %}", "include(run, 'a.html'", id="include"),
        pytest.param("{% extends 'a' ~ '.html' %}", "extend(run, 'a.html'", id="extends"),
        pytest.param("a{# #}b{% raw %}c{% endraw %}", "append('abc')", id="text-in-pieces"),
    ],
)
def test_constants_are_folded(source: str, constant: str) -> None:
    assert constant in python(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("<p>{{ '<' ~ '&' }}</p>", "'<p>&lt;&amp;</p>'", id="text"),
        pytest.param('<a href="{{ "javascript:x" }}">', "about:blank#blocked", id="url"),
        pytest.param('<a href="/{{ "a b" }}?q={{ "&" }}">', "/a%20b?q=%26", id="parts-of-url"),
        pytest.param("<script>x = {{ '</script>' }}</script>", "/script\\\\u003e", id="script"),
        pytest.param("<b title={{ 'a b' }}>", "<b title=a&#32;b>", id="unquoted"),
        pytest.param("{{ '<b>' | safe }}", "append('<b>')", id="safe"),
        pytest.param("<option {{ 'selected' }}>", "<option selected>", id="name"),
    ],
)
def test_constants_are_escaped_for_their_place_when_compiled(source: str, text: str) -> None:
    code = python(source)

    assert text in code
    assert "extend((" not in code


@pytest.mark.parametrize(
    ("source", "error", "column"),
    [
        pytest.param("ab {{ 1 / 0 }}", ZeroDivisionError, None, id="division"),
        pytest.param("ab {{ 'a' + 1 }}", TypeError, None, id="types"),
        pytest.param("ab {{ -'a' }}", TypeError, None, id="sign"),
        pytest.param("ab {{ 'a' * 'b' }}", TypeError, None, id="text-times-text"),
        pytest.param("ab {{ none * 'b' }}", TypeError, None, id="none-times-text"),
        pytest.param("ab {{ 'a' | upper(1) }}", TypeError, None, id="arguments"),
        pytest.param("ab {{ 'a' | truncate(1, leeway=-1) }}", TemplateError, 7, id="filter"),
        pytest.param("ab {{ 1 | round(301) }}", LimitError, 7, id="limit-of-filter"),
        pytest.param("ab {{ 'a' * 99999999 }}", LimitError, 7, id="text"),
        pytest.param("ab {{ 99999999 * 'a' }}", LimitError, 7, id="text-behind"),
        pytest.param("ab {{ 9 ** 9 ** 9 }}", LimitError, 7, id="number"),
        pytest.param("ab {{ '%9999d' % 1 }}", LimitError, 7, id="width"),
        pytest.param("ab <b {{ 'onclick' }}>", ContextError, 10, id="escaper"),
    ],
)
def test_what_raises_does_so_while_the_template_runs_and_at_its_place(
    source: str, error: type[Exception], column: int | None
) -> None:
    template = Template(f"\n{source}")

    with pytest.raises(error) as caught:
        template.render()

    if isinstance(caught.value, TemplateError):
        assert (caught.value.line, caught.value.column) == (2, column)
    else:
        assert "line 2" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("size", "found"), [(MAX_CHARACTERS, "append("), (MAX_CHARACTERS + 1, "multiply(")]
)
def test_no_constant_becomes_large(size: int, found: str) -> None:
    assert found in python(f"{{% if x %}}{{{{ 'a' * {size} }}}}{{% endif %}}")
    assert Template(f"{{{{ 'a' * {size} }}}}").render() == "a" * size


@pytest.mark.parametrize("source", ["{{ 2 ** 127 }}", "{{ 'a' * 1000 ~ x }}"])
def test_constants_up_to_the_limit_are_kept(source: str) -> None:
    assert "power(" not in python(source)
    assert "multiply(" not in python(source)


@pytest.mark.parametrize(
    "source", ["{{ 2 ** 128 }}", "{{ 2 ** 129 }}", "{{ 1e308 * 10 }}", "{{ (-8) ** 0.5 }}"]
)
def test_numbers_that_are_large_or_have_no_literal_are_left(source: str) -> None:
    assert "(2," in python(source) or "1e+308," in python(source) or "(-8)," in python(source)
    assert Template(source).render()


def test_texts_that_would_be_joined_to_a_large_one_stay_apart() -> None:
    half = "a" * (MAX_CHARACTERS // 2 + 1)

    assert python(f"{{{{ '{half}' ~ '{half}' }}}}").count(half) == 2


def test_filters_of_blocks_wait_for_their_text() -> None:
    assert Template("{% filter upper %}a{% endfilter %}").render() == "A"
    assert Template("{% set x | upper %}b{% endset %}{{ x }}").render() == "B"


def test_filters_are_called_once_if_they_are_marked() -> None:
    calls: list[str] = []

    @pure
    def shout(text: str) -> str:
        calls.append(text)
        return text + "!"

    template = Environment(filters={"shout": shout}).from_string("{{ 'a' | shout }}")

    assert (template.render(), template.render(), calls) == ("a!", "a!", ["a"])


def test_other_filters_are_called_each_time() -> None:
    calls: list[str] = []

    def shout(text: str) -> str:
        calls.append(text)
        return text + "!"

    template = Environment(filters={"shout": shout}).from_string("{{ 'a' | shout }}")

    assert (template.render(), template.render(), calls) == ("a!", "a!", ["a", "a"])


@pytest.mark.parametrize("result", [["a list"], {}, float("nan")])
def test_results_that_are_no_constants_are_made_each_time(result: Any) -> None:
    @pure
    def make(_: str) -> Any:
        return result

    environment = Environment(filters={"make": make})

    assert "filter_make('a')" in python("{{ 'a' | make }}", environment)


def test_coroutines_are_never_folded() -> None:
    @pure
    async def wait(text: str) -> str:
        return text

    environment = Environment(filters={"wait": wait})

    assert "must_wait" in python("{{ 'a' | wait }}", environment)


def test_arguments_that_are_spread_are_not_folded() -> None:
    assert "filter_upper('a', *[])" in python("{{ 'a' | upper(*[]) }}")


def test_the_tree_is_shown_as_it_is_written_and_as_it_is_compiled() -> None:
    explanation = explain("{{ 1 + 2 }}")

    assert "Operation operator='+'" in explanation.tree
    assert explanation.folded == "Print\n  Const value=3"
    assert "--- tree, constants folded\n" in str(explanation)


def test_a_tree_without_constants_is_shown_once() -> None:
    assert explain("{{ x }}").folded == ""


def test_a_constant_is_escaped_by_all_functions_in_turn() -> None:
    assert constant_text("a/b & c", ["url_query", "quoted"]) == "a%2Fb%20%26%20c"


# A literal and a name for the same value, of the same width: so places can be compared, too.
VALUES = [
    ("0", "a", 0),
    ("1", "b", 1),
    ("7", "c", 7),
    ("2.5", "ddd", 2.5),
    ('"<"', "eee", "<"),
    ('"4"', "fff", "4"),
    ('""', "gg", ""),
    ("true", "hhhh", True),
    ("none", "iiii", None),
]
NAMES = {name: value for _, name, value in VALUES}
Pair = tuple[str, str]


def join_pairs(parts: tuple[Pair, str, Pair]) -> Pair:
    (left, left_name), word, (right, right_name) = parts
    return f"({left}{word}{right})", f"({left_name}{word}{right_name})"


def wrap_pair(parts: tuple[str, Pair]) -> Pair:
    form, (literal, name) = parts
    return form.format(literal), form.format(name)


def extend_pairs(pairs: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    words = [" + ", "-", "*", "/", "//", "%", "**", "~", " < ", " and ", " in "]
    forms = ["(not {})", "(-{})", "(+{})", "({}|upper)", "({}|int)", "({}|length)", "({}|round(1))"]
    return st.one_of(
        st.tuples(pairs, st.sampled_from(words), pairs).map(join_pairs),
        st.tuples(st.sampled_from(forms), pairs).map(wrap_pair),
    )


LEAVES = st.sampled_from([(literal, name) for literal, name, _ in VALUES])
PLACES = ["{}", "x{}y", '<a title="{}">', '<a href="{}">', "<script>{}</script>", "<b {}>"]


def outcome(source: str, *, trusted: bool) -> tuple[Any, ...]:
    template = Template(source, environment=Environment(trusted=trusted))
    try:
        return (template.render(NAMES),)
    except TemplateError as error:
        return type(error), error.message, error.line, error.column
    except Exception as error:  # noqa: BLE001 - of any type: both must raise the same
        return type(error), str(error), error.__notes__[0].partition(":")[0]


@settings(deadline=None)
@given(st.recursive(LEAVES, extend_pairs, max_leaves=6), st.sampled_from(PLACES), st.booleans())
def test_folded_and_unfolded_expressions_give_the_same(
    pair: Pair, place: str, trusted: bool
) -> None:
    folded, unfolded = (place.format(f"{{{{ {text} }}}}") for text in pair)

    assert outcome(folded, trusted=trusted) == outcome(unfolded, trusted=trusted)
