"""groundup_templating.async_linker: templates meet as coroutines as they do without."""

import pytest

from groundup_templating import DictLoader, Environment, TemplateError, TemplateNotFound

TEMPLATES = {
    "base.html": "<title>{% block t %}base{% endblock %}</title>\n{% block m %}m{% endblock %}\n",
    "middle.html": "{% extends 'base.html' %}{% block m %}[{{ super() }}]{% endblock %}",
    "page.html": "{% extends 'middle.html' %}{% set own = 'o' %}{% block m %}{{ super() }}{{ own }}"
    "{{ self.t() }}{% include 'part.html' %}{% include ['no', 'mail.txt'] %}{% endblock %}",
    "part.html": "{% if x %}\n  <p>{{ x }}</p>\n{% endif %}\n",
    "mail.txt": "{{ x }}",
    "macros.html": "{% macro m(a) %}<i>{{ a }}</i>{% endmacro %}{% set c = 4 %}",
    "macros.txt": "{% macro m(a) %}<i>{{ a }}</i>{% endmacro %}",
    "user.html": "{% from 'macros.html' import m, c %}{{ m(x) }}{{ c }}"
    "{% import 'macros.txt' as t with context %}{{ t.m(x) }}"
    "{% include 'nope.html' ignore missing %}{% include 'part.html' without context %}",
    "user.txt": "{% import 'macros.txt' as t %}{{ t.m(x) }}{% include 'part.html' %}",
    "script.html": "<script>{% include 'mail.txt' %}</script><b title='{% include 'mail.txt' %}'>",
    "tail.html": "a\n{% include 'empty.html' %}\nb",
    "empty.html": "{% if false %}\n{% endif %}\n",
}


@pytest.mark.parametrize(
    "name", ["base.html", "middle.html", "page.html", "user.txt", "script.html", "tail.html"]
)
async def test_the_text_is_the_same(name: str) -> None:
    template = Environment(DictLoader(TEMPLATES)).get_template(name)
    context = {"x": "<&>"}

    assert await template.render_async(context) == template.render(context)
    for part in (1, 20, 1000):
        assert "".join(template.stream(context, part=part)) == template.render(context)


async def test_names_that_are_missing_without_context_are_missing() -> None:
    template = Environment(DictLoader(TEMPLATES)).get_template("user.html")

    with pytest.raises(TemplateError, match="'x' is not defined"):
        await template.render_async(x=1)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ self.nope() }}", "no block 'nope'"),
        ("{% block a %}{{ super() }}{% endblock %}", "has no parent"),
        ("{% include 'self.html' %}", "nested at most 50 deep"),
        ("{% import 'self.html' as x %}", "nested at most 50 deep"),
        ("{% extends 'self.html' %}", "nested at most 50 deep"),
    ],
)
async def test_mistakes_are_the_same(source: str, message: str) -> None:
    template = Environment(DictLoader({"self.html": source})).get_template("self.html")

    with pytest.raises(TemplateError, match=message):
        await template.render_async()
    with pytest.raises(TemplateError, match=message):
        list(template.stream())


async def test_what_is_missing_is_not_found() -> None:
    with pytest.raises(TemplateNotFound, match=r"nope\.html"):
        await Environment(DictLoader({})).from_string("{% include 'nope.html' %}").render_async()


async def test_a_page_may_extend_one_that_is_no_html() -> None:
    templates = {
        "base.txt": "{{ x }}{% block b %}{% endblock %}",
        "page.txt": "{% extends 'base.txt' %}{% block b %}{{ x }}{% endblock %}",
        "page.html": "{% extends 'base.txt' %}{% block b %}{{ x }}{% endblock %}",
    }
    environment = Environment(DictLoader(templates))

    for name, text in (("page.txt", "<<"), ("page.html", "&lt;&lt;")):
        assert (
            await environment.render_async(name, x="<") == environment.render(name, x="<") == text
        )
