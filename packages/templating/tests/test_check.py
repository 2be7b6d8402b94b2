"""groundup_templating.check: what can be known before anything is rendered."""

import pytest

from groundup_templating import (
    ContextError,
    DictLoader,
    Environment,
    TemplateError,
    TemplateNotFound,
)
from groundup_templating.check import check_template
from groundup_templating.explain import explain_template


def check(name: str, templates: dict[str, str]) -> None:
    check_template(Environment(DictLoader(templates)).get_template(name))


BASE = "<title>{% block t %}{% endblock %}</title><p class='{% block c %}{% endblock %}'>"


def test_good_templates_pass() -> None:
    check(
        "a.html",
        {
            "a.html": "{% extends 'm.html' %}{% block t %}{{ x }}{% endblock %}",
            "m.html": "{% extends 'b.html' %}{% block c %}{% include 'i.html' %}{% endblock %}",
            "b.html": BASE + "{% include nope %}{% include 'no.html' ignore missing %}",
            "i.html": "{{ x }}{% include 'i.html' %}",
        },
    )


def test_a_block_is_compiled_for_the_place_that_it_fills() -> None:
    with pytest.raises(ContextError, match="must end where it starts") as caught:
        check(
            "a.html",
            {"a.html": "{% extends 'b.html' %}{% block c %}'{% endblock %}", "b.html": BASE},
        )

    assert caught.value.name == "a.html"


def test_blocks_in_blocks_have_their_place_too() -> None:
    base = "{% block a %}<p class='{% block b %}{% endblock %}'>{% endblock %}"

    with pytest.raises(ContextError):
        check(
            "a.html",
            {"a.html": "{% extends 'b.html' %}{% block b %}'{% endblock %}", "b.html": base},
        )


def test_an_include_is_compiled_for_the_place_where_it_stands() -> None:
    with pytest.raises(ContextError, match="regular expression") as caught:
        check(
            "a.html", {"a.html": "<script>{% include 'i.html' %}</script>", "i.html": "/{{ x }}/"}
        )

    assert caught.value.name == "i.html"


@pytest.mark.parametrize("source", ["{% extends 'nope.html' %}", "a{% include 'nope.html' %}"])
def test_missing_templates_are_found(source: str) -> None:
    with pytest.raises(TemplateNotFound) as caught:
        check("a.html", {"a.html": source})

    assert (caught.value.name, caught.value.line) == ("a.html", 1)


def test_circles_are_found() -> None:
    with pytest.raises(TemplateError, match="in a circle"):
        check("a.html", {"a.html": "{% extends 'b.html' %}", "b.html": "{% extends 'a.html' %}"})


def test_explain_shows_the_place_of_the_parent() -> None:
    templates = {
        "a.html": "{% extends 'b.html' %}{% block c %}{{ x }}{% endblock %}",
        "b.html": BASE,
    }

    (place,) = explain_template(Environment(DictLoader(templates)).get_template("a.html")).places

    assert place.context == "attribute class"
