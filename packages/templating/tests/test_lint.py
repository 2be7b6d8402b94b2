"""groundup_templating.lint: what compiles, and still cannot be meant."""

import pytest

from groundup_templating import DictLoader, Environment
from groundup_templating.lint import lint

BASE = "<title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"


def find(**sources: str) -> list[tuple[str, str, str, int | None]]:
    templates = {f"{name}.html": source for name, source in sources.items()}
    environment = Environment(DictLoader(templates))
    return [
        (finding.name, finding.rule, finding.error.message, finding.error.line)
        for finding in lint(environment, sorted(templates))
    ]


def test_good_templates_have_no_findings() -> None:
    assert (
        find(
            base=BASE + "{{ self.title() }}{% macro used() %}{% endmacro %}",
            middle="{% extends 'base.html' %}{% block main %}{% block inner %}{% endblock %}"
            "{% endblock %}",
            page="{% extends 'middle.html' %}{% block title %}{{ super() }}{% endblock %}"
            "{% block main %}{{ super() }}{% block new %}{% endblock %}{% endblock %}"
            "{% block inner %}{{ super() }}{{ x | safe }}{% endblock %}",
            other="{% from 'base.html' import used %}{{ used() }}",
            computed="{% extends name %}{% block anything %}{{ super() }}{% endblock %}",
        )
        == []
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% if %}", "expected an expression"),
        ("\n{{ x | tirm }}", "unknown filter 'tirm'"),
        ("<a href={{ x }}{% if y %} {% endif %}b", "may not go on"),
        ("<script>/{{ x }}/</script>", "regular expression"),
        ("{% include 'nope.html' %}", "no template 'nope.html'"),
        ("{% extends 'a.html' %}", "in a circle"),
    ],
)
def test_what_would_be_refused_is_an_error(source: str, message: str) -> None:
    ((name, rule, found, _),) = find(a=source)

    assert (name, rule) == ("a.html", "error")
    assert message in found


def test_a_block_that_no_parent_shows_is_found() -> None:
    page = "\n{% block titel %}{% block x %}{% endblock %}{% endblock %}"

    assert find(base=BASE, page="{% extends 'base.html' %}" + page) == [
        ("page.html", "block", "block 'titel' is shown by no parent: did you mean 'title'?", 2),
        ("page.html", "block", "block 'x' is shown by no parent", 2),
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% block a %}{{ super() }}{% endblock %}", "has no parent that super() could show"),
        ("{{ self.titel() }}{% block title %}{% endblock %}", "no block 'titel': did you mean"),
        (
            """{% extends 'b.html' %}{% block main %}
            {% block c %}{{ super() }}{% endblock %}{% endblock %}""",
            "block 'c' has no parent",
        ),
    ],
)
def test_calls_that_lead_nowhere_are_found(source: str, message: str) -> None:
    ((name, rule, found, _),) = find(a=source, b=BASE)

    assert (name, rule) == ("a.html", "block")
    assert message in found


def test_a_macro_that_nobody_mentions_is_found() -> None:
    found = find(
        a="{% macro lost() %}{% endmacro %}\n{% if x %}{% macro lost_too() %}{% endmacro %}"
        "{% endif %}{% macro used() %}{% endmacro %}",
        b="{% import 'a.html' as a %}{{ a.used() }}",
    )

    assert found == [
        ("a.html", "macro", "macro 'lost' is used nowhere", 1),
        ("a.html", "macro", "macro 'lost_too' is used nowhere", 2),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<a href='{{ x | safe }}'>",
        "<script>{{ x | safe }}</script>",
        "<style>{{ x | safe }}</style>",
        "<b {{ x | upper | safe }}>",
        "<b title='{% block b %}{{ x | safe }}{% endblock %}'>",
    ],
)
def test_safe_where_html_is_not_needed_is_found(source: str) -> None:
    ((_, rule, message, line),) = find(a=source)

    assert (rule, line) == ("safe", 1)
    assert message.startswith("a value that is marked safe stands in ")


def test_a_finding_shows_the_line() -> None:
    environment = Environment(DictLoader({"a.html": "\n  {% macro m() %}{% endmacro %}"}))
    (finding,) = lint(environment, ["a.html"])

    assert str(finding) == (
        "a.html, line 2, column 3: macro 'm' is used nowhere [macro]\n"
        "      {% macro m() %}{% endmacro %}\n      ^"
    )


def test_names_in_a_translation_are_mentioned() -> None:
    page = "{% macro m() %}{% endmacro %}{% trans x=m() %}a {{ x }}{% endtrans %}"

    assert find(a=page) == []


def test_without_names_all_templates_of_the_loader_are_looked_at() -> None:
    environment = Environment(DictLoader({"b.html": "{{ 1 | nope }}", "a.html": "{{", "c": ""}))
    environment.add_filter("known", str)

    assert [finding.name for finding in lint(environment)] == ["a.html", "b.html"]
    assert lint(Environment()) == []
