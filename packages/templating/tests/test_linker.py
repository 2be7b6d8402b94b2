"""groundup_templating.linker: templates that meet."""

from typing import Any

import pytest

from groundup_templating import (
    ContextError,
    DictLoader,
    Environment,
    LimitError,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)


def render(name: str, templates: dict[str, str], **names: Any) -> str:
    return Environment(DictLoader(templates)).render(name, {"x": "<'\">", **names})


def test_includes_are_escaped_for_the_place_where_they_stand() -> None:
    templates = {
        "value.html": "{{ x }}",
        "page.html": "{% include 'value.html' %}<p title='{% include 'value.html' %}'>"
        "<a href='?q={% include 'value.html' %}'><script>x = {% include 'value.html' %};</script>",
    }

    assert render("page.html", templates) == (
        "&lt;&#39;&#34;&gt;<p title='&lt;&#39;&#34;&gt;'>"
        '<a href=\'?q=%3C%27%22%3E\'><script>x = "\\u003c\\u0027\\"\\u003e";</script>'
    )


def test_a_text_in_a_page_is_escaped_and_a_page_in_a_text_too() -> None:
    templates = {
        "a.txt": "{{ x }}{% include 'b.html' %}",
        "b.html": "{{ x }}",
        "c.html": "{% include 'd.txt' %}",
        "d.txt": "{{ x }}",
    }

    assert render("a.txt", templates) == "<'\">&lt;&#39;&#34;&gt;"
    assert render("c.html", templates) == "&lt;&#39;&#34;&gt;"


def test_an_include_must_end_where_it_begins() -> None:
    templates = {"page.html": "{% include 'open.html' %}'>", "open.html": "<p title='"}

    with pytest.raises(ContextError, match="must end where it starts") as caught:
        render("page.html", templates)

    assert caught.value.name == "open.html"
    assert any("page.html, line 1" in note for note in caught.value.__notes__)


def test_attributes_may_be_included() -> None:
    templates = {
        "page.html": "<b{% include 'attrs.html' %}>",
        "attrs.html": " class='{{ x }}' id=a",
    }

    assert render("page.html", templates) == "<b class='&lt;&#39;&#34;&gt;' id=a>"


def test_blocks_are_escaped_for_the_place_that_they_fill() -> None:
    templates = {
        "base.html": "<title>{% block a %}{% endblock %}</title>"
        "<script>x = {% block b %}1{% endblock %}</script><p class='{% block c %}{% endblock %}'>",
        "page.html": "{% extends 'base.html' %}{% block a %}{{ x }}{% endblock %}"
        "{% block b %}[{{ super() }}, {{ x }}]{% endblock %}{% block c %}{{ x }}{% endblock %}",
    }

    assert render("page.html", templates) == (
        '<title>&lt;&#39;&#34;&gt;</title><script>x = [1, "\\u003c\\u0027\\"\\u003e"]</script>'
        "<p class='&lt;&#39;&#34;&gt;'>"
    )


def test_a_block_that_breaks_out_of_its_place_is_refused() -> None:
    templates = {
        "base.html": "<p class='{% block a %}{% endblock %}'>",
        "page.html": "{% extends 'base.html' %}{% block a %}'>{{ x }}{% endblock %}",
    }

    with pytest.raises(ContextError, match="must end where it starts"):
        render("page.html", templates)


def test_chains_of_parents_and_super() -> None:
    templates = {
        "a.html": "[{% block m %}a{% endblock %}{% block n %}n{% endblock %}]",
        "b.html": "{% extends 'a.html' %}{% block m %}b{{ super() }}{% endblock %}",
        "c.html": "{% extends 'b.html' %}{% block m %}c{{ super() }}{% endblock %}",
    }

    assert render("c.html", templates) == "[cban]"


def test_the_parent_may_be_chosen_while_rendering() -> None:
    templates = {
        "a.html": "A{% block m %}{% endblock %}",
        "b.html": "B{% block m %}{% endblock %}",
        "page.html": "{% extends parent %}{% block m %}m{% endblock %}",
    }

    assert render("page.html", templates, parent="a.html") == "Am"
    assert render("page.html", templates, parent=["nope.html", "b.html"]) == "Bm"


def test_blocks_see_names_that_are_set_around_them() -> None:
    templates = {
        "base.html": (
            "{% set t = 'base' %}{% for i in [1, 2] %}{% block m %}{% endblock %}{% endfor %}"
        ),
        "page.html": "{% extends 'base.html' %}{% set own = 'o' %}"
        "{% block m %}{{ i }}{{ own }}{{ t }} {% endblock %}",
    }

    assert render("page.html", templates) == "1obase 2obase "


def test_a_block_can_be_shown_again() -> None:
    source = "<title>{% block t %}<{{ x }}{% endblock %}</title>"
    with pytest.raises(ContextError):
        render("a.html", {"a.html": source + "<h1>{{ self.t() }}</h1>"})

    good = "<title>{% block t %}{{ x }}{% endblock %}</title><h1>{{ self.t() }}</h1>"
    assert render("a.html", {"a.html": good}).count("&lt;&#39;&#34;&gt;") == 2


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ({"page.html": "{% include 'nope.html' %}"}, "no template 'nope.html'"),
        ({"page.html": "{% extends 'pgae.html' %}"}, "did you mean 'page.html'"),
        ({"page.html": "{% include ['a', 'b'] %}"}, "none of the templates exists"),
        ({"page.html": "{% include 3 %}"}, "must be named by text, got 3"),
        ({"page.html": "{% include nope %}"}, "'nope' is not defined"),
        ({"page.html": "{% include '../x' %}"}, "no template '../x'"),
        ({"page.html": "{{ self.nope() }}{% block nop %}{% endblock %}"}, "no block 'nope'.*'nop'"),
        ({"page.html": "{% block a %}{{ super() }}{% endblock %}"}, "no parent that super"),
        (
            {"page.html": "{% from 'm.html' import naem %}", "m.html": "{% set name = 1 %}"},
            "'naem'",
        ),
        ({"page.html": "{% import 'm.html' as m %}{{ m.a() }}", "m.html": ""}, "Module has no 'a'"),
    ],
)
def test_what_does_not_fit(templates: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        render("page.html", templates)

    assert caught.value.name == "page.html"


def test_endless_recursion_ends() -> None:
    for source in ("{% include 'page.html' %}", "{% extends 'page.html' %}"):
        with pytest.raises(LimitError, match="nested at most 50 deep"):
            render("page.html", {"page.html": source})
    with pytest.raises(LimitError):
        render("a.html", {"a.html": "{% include 'b.html' %}", "b.html": "{% include 'a.html' %}"})
    with pytest.raises(LimitError):
        render("a.html", {"a.html": "{% import 'a.html' as a %}"})


def test_errors_of_included_templates_name_the_way() -> None:
    templates = {"page.html": "\n{% include 'part.html' %}", "part.html": "\n\n{{ nope }}"}

    with pytest.raises(UndefinedError) as caught:
        render("page.html", templates)

    assert (caught.value.name, caught.value.line) == ("part.html", 3)
    assert caught.value.__notes__ == [
        "reached from template page.html, line 2: {% include 'part.html' %}"
    ]


def test_mistakes_of_included_templates_name_their_place() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        render("page.html", {"page.html": "{% include 'part.html' %}", "part.html": "\n{{ 1 + }}"})

    assert (caught.value.name, caught.value.line) == ("part.html", 2)


def test_only_a_missing_template_may_be_missing() -> None:
    templates = {
        "page.html": "{% include 'part.html' ignore missing %}",
        "part.html": "{% include 'no' %}",
    }

    with pytest.raises(TemplateNotFound):
        render("page.html", templates)


def test_what_an_include_sets_does_not_leak() -> None:
    templates = {
        "page.html": "{% include 'part.html' %}{{ y is defined }}",
        "part.html": "{% set y = 1 %}",
    }

    assert render("page.html", templates) == "False"


def test_modules_hold_what_is_set_and_no_private_names() -> None:
    templates = {
        "m.html": (
            "{% set a = 1 %}{% set _b = 2 %}{% macro c() %}{{ _b }}{{ x is defined }}{% endmacro %}"
        ),
        "page.html": "{% import 'm.html' as m %}{{ m.a }}{{ m.c() }}{{ m|length }}",
        "with.html": "{% from 'm.html' import c with context %}{{ c() }}",
    }

    assert render("page.html", templates) == "12False2"
    assert render("with.html", templates) == "2True"


def test_macros_of_a_text_are_html_in_a_page() -> None:
    templates = {
        "m.txt": "{% macro a(x) %}<b>{{ x }}{% endmacro %}",
        "p.html": "{% from 'm.txt' import a %}{{ a('<') }}",
    }

    assert render("p.html", templates) == "<b>&lt;"


def test_a_template_object_can_be_given() -> None:
    environment = Environment()
    part = environment.from_string("{{ x }}")

    assert environment.from_string("{% include part %}").render(part=part, x="<") == "&lt;"


def test_a_text_that_extends_a_page_is_a_page() -> None:
    templates = {"a.txt": "{% extends 'b.html' %}", "b.html": "{{ x }}"}

    assert render("a.txt", templates) == "&lt;&#39;&#34;&gt;"


def test_a_required_block_must_be_filled() -> None:
    base = "a{% block b scoped required %}\n{# nothing #}{% endblock %}"
    templates = {
        "base.html": base,
        "page.html": "{% extends 'base.html' %}{% block b %}B{% endblock %}",
    }
    environment = Environment(DictLoader(templates))

    assert environment.render("page.html") == "aB"
    with pytest.raises(TemplateError, match="block 'b' must be filled") as caught:
        environment.render("base.html")
    assert (caught.value.name, caught.value.line) == ("base.html", 1)
    with pytest.raises(TemplateError, match="must be empty"):
        environment.from_string("{% block b required %}x{% endblock %}")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("{{ super() | upper }}", "&LT;B&GT;"),
        ("{% set s = super() %}{{ s }}{{ s | length }}", "&lt;b&gt;9"),
        ("{% if super() == '&lt;b&gt;' %}same{% endif %}", "same"),
        ("{{ self.t() ~ '<' }}", "&lt;t&gt;&lt;"),
        ("{{ self.t() if self.t() else '' }}", "&lt;t&gt;"),
        ("{% macro m() %}{{ super() ~ '' }}{% endmacro %}{{ m() }}", "&lt;b&gt;"),
        ("{{ [super(), self.t()] | join('-') }}", "&lt;b&gt;-&lt;t&gt;"),
    ],
)
def test_the_text_of_a_block_is_a_value(inside: str, text: str) -> None:
    base = "{% block b %}{{ '<b>' }}{% endblock %}{% block t %}{% endblock %}"
    page = "{% extends 'base.html' %}{% block b %}I{% endblock %}{% block t %}T{% endblock %}"
    page = page.replace("I", inside).replace("T", "{{ '<t>' }}")
    environment = Environment(DictLoader({"base.html": base, "page.html": page}))

    assert environment.render("page.html") == f"{text}&lt;t&gt;"
