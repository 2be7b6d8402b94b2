"""groundup_templating.template: what a name says about a template, and how it is rendered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import Template, TemplateError, TemplateSyntaxError
from groundup_templating.template import start_context


@pytest.mark.parametrize(
    "name", [None, "a.html", "a.HTM", "a.xml", "a.svg", "a.html.jinja", "a.xhtml"]
)
def test_markup_is_escaped(name: str | None) -> None:
    assert Template("{{ x }}", name=name).render(x="<") == "&lt;"


@pytest.mark.parametrize("name", ["a.txt", "a", "a.md", "a.json", "a.html.txt", "html"])
def test_other_text_is_not(name: str) -> None:
    assert Template("{{ x }}<p title={{ x }}", name=name).render(x="<'") == "<'<p title=<'"


def test_elements_of_xml_may_close_themselves() -> None:
    assert (
        Template("<svg><title/>{{ x }}</svg>", name="a.svg").render(x="<")
        == "<svg><title/>&lt;</svg>"
    )
    assert start_context("feed.rss").xml


def test_names_may_come_as_mapping_and_as_keywords() -> None:
    template = Template("{{ a }}{{ b }}")

    assert template.render({"a": 1}, b=2) == "12"
    assert template.render(a=1, b=2) == "12"
    assert Template("{{ self_ }}{{ context }}").render(self_=1, context=2) == "12"


def test_mistakes_come_up_when_a_template_is_made() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% if %}")


def test_the_seed_comes_out_to_the_letter() -> None:
    source = """\
<h1>Users</h1>
<ul>
  {% for user in users %}
    <li>{{ user.name }} ({{ user.email | lowercase }})</li>
  {% endfor %}
</ul>
{% if admin %}
  <p>Admin panel: <a href="/admin">Click here</a></p>
{% endif %}
"""
    users = [
        {"name": "Alice", "email": "ALICE@EXAMPLE.COM"},
        {"name": "Bob", "email": "BOB@EXAMPLE.COM"},
    ]

    assert (
        Template(source).render({"users": users, "admin": True})
        == """\
<h1>Users</h1>
<ul>
  <li>Alice (alice@example.com)</li>
  <li>Bob (bob@example.com)</li>
</ul>
<p>Admin panel: <a href="/admin">Click here</a></p>"""
    )


def test_a_template_can_be_rendered_again_and_again() -> None:
    template = Template("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}")

    assert [template.render() for _ in range(3)] == ["aba"] * 3


def test_a_template_shows_its_name() -> None:
    assert repr(Template("a", name="x.html")) == "<Template x.html>"
    assert repr(Template("a")) == "<Template <template>>"


PIECES = r"""
{{ }} {% %} {# #} - if for x in y endif endfor < a href = ' " > / <script> </script> <style> ` ${ }
( ) [ ] | upper ~ 1 + not \ // /* */ <!-- --> url( javascript: http-equiv set block b endblock é
macro m() endmacro include extends raw endraw trans endtrans pluralize _ . , : * ** {%- -%}
"""
WORDS = st.sampled_from([*PIECES.split(), " ", "\n", "\0", " x", " in "])


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25).map("".join), st.sampled_from([None, "a.txt", "a.xml"]))
def test_any_text_compiles_or_is_refused_at_its_place(source: str, name: str | None) -> None:
    try:
        Template(source, name=name)
    except TemplateError as error:
        assert error.line is not None  # noqa: PT017 - either way is right
