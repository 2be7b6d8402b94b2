"""groundup_templating.macro: arguments find their parameters."""

from typing import Any

import pytest

from groundup_templating import Template, TemplateError, UndefinedError


def render(source: str, **names: Any) -> str:
    return Template(source).render(**names)


FIELD = (
    "{% macro field(name, value='', kind='text') %}<input name="
    "{{ name }} value='{{ value }}' type={{ kind }}>{% endmacro %}"
)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("field('a')", "<input name=a value='' type=text>"),
        ("field('a', 'b')", "<input name=a value='b' type=text>"),
        ("field(name='a', kind='c')", "<input name=a value='' type=c>"),
        ("field('a', kind='c', value='<')", "<input name=a value='&lt;' type=c>"),
        ("field(*['a', 'b'])", "<input name=a value='b' type=text>"),
        ("field(**{'name': 'a'})", "<input name=a value='' type=text>"),
    ],
)
def test_calls(call: str, text: str) -> None:
    assert render(FIELD + "{{ " + call + " }}") == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("field(1, 2, 3, 4)", "takes at most 3 arguments, got 4"),
        ("field('a', name='b')", "got 'name' twice"),
        ("field('a', vlaue='b')", "no parameter 'vlaue': did you mean 'value'"),
    ],
)
def test_wrong_calls(call: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        render(FIELD + "\n{{ " + call + " }}")

    assert caught.value.line is not None


def test_a_missing_argument_is_undefined() -> None:
    assert render("{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}") == "False"
    with pytest.raises(UndefinedError, match="'a' is not defined"):
        render("{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}")


def test_defaults_are_made_for_each_call_and_see_other_parameters() -> None:
    assert render("{% macro m(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ m(1) }}{{ m(2) }}") == "1!2!"


def test_a_macro_takes_any_words_as_names() -> None:
    source = "{% macro m(class, for, run) %}{{ class }}{{ for }}{{ run }}{% endmacro %}"

    assert render(source + "{{ m(class='a', for='b', run='c') }}") == "abc"


def test_more_arguments_only_where_the_body_asks_for_them() -> None:
    source = (
        "{% macro m(a) %}{{ a }}{{ varargs|join }}{{ kwargs.b }}{% endmacro %}{{ m(1, 2, 3, b=4) }}"
    )

    assert render(source) == "1234"


def test_a_macro_is_html_wherever_it_is_written() -> None:
    source = (
        "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m('<') }}<p title='"
        "{{ m('<') }}'><script>{{ m('<') }}</script>"
    )

    assert render(source) == (
        "<b>&lt;</b><p title='&lt;'><script>\"\\u003cb\\u003e\\u0026lt;\\u003c/b\\u003e\"</script>"
    )


def test_callers_may_be_asked_for() -> None:
    source = "{% macro m() %}[{{ caller() if caller is defined else '-' }}]{% endmacro %}"

    assert render(source + "{{ m() }}{% call m() %}a{% endcall %}") == "[-][a]"
    with pytest.raises(UndefinedError, match="'caller' is not defined"):
        render("{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}")


def test_macros_see_the_names_of_their_template_and_not_of_their_caller() -> None:
    source = (
        "{% set a = 1 %}{% macro m() %}{{ a }}{{ b is defined }}{% endmacro %}"
        "{% for b in [2] %}{{ m() }}{% endfor %}"
    )

    assert render(source) == "1False"


def test_a_macro_shows_its_face() -> None:
    assert render("{% macro m(a, b) %}{% endmacro %}{{ m }}") == "&lt;macro m(a, b)&gt;"
