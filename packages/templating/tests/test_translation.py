"""groundup_templating.translation: messages for gettext, and values that go into what it finds."""

from typing import Any

import pytest

from groundup_templating import ContextError, Environment, Template, TemplateSyntaxError

CATALOG = {
    "Hello %(name)s": "Grüß dich, %(name)s",
    "%(count)s posts": "%(count)s Beiträge",
    "100%% & <b>more</b>": "100%% & <b>mehr</b>",
    "a b": "c",
}


def gettext(message: str) -> str:
    return CATALOG.get(message, message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return gettext(singular if count == 1 else plural)


def render(source: str, **names: Any) -> str:
    environment = Environment(globals={"gettext": gettext, "ngettext": ngettext, "_": gettext})
    return environment.from_string(source).render(names)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% trans %}a b{% endtrans %}", "c"),
        ("{% trans %}Hello {{ name }}{% endtrans %}", "Grüß dich, &lt;Zoë&gt;"),
        ("{% trans name='x' %}Hello {{ name }}{% endtrans %}", "Grüß dich, x"),
        ("{% trans name=name|upper %}Hello {{ name }}{% endtrans %}", "Grüß dich, &lt;ZOË&gt;"),
        ("{% trans %}100% & <b>more</b>{% endtrans %}", "100% & <b>mehr</b>"),
        ("{% trans name='x' %}Hello %(name)s{% endtrans %}", "Grüß dich, x"),
        ("{% trans a='<' %}{{ a }}%(a)s %(b)s 5%{% endtrans %}", "&lt;&lt; %(b)s 5%"),
        ("{% trans %}%(a)s{% endtrans %}", "%(a)s"),
        ("{% trans trimmed %}\n  a\n  b\n{% endtrans %}", "c"),
        ("{% trans count=2 %}one{% pluralize %}{{ count }} posts{% endtrans %}", "2 Beiträge"),
        ("{% trans count=1 %}one{% pluralize %}{{ count }} posts{% endtrans %}", "one"),
        (
            "{% trans a=1, count=2 %}{{ a }}{% pluralize count %}{{ count }} posts{% endtrans %}",
            "2 Beiträge",
        ),
        ("{% trans %}one{% pluralize n %}{{ n }} many{% endtrans %}", "5 many"),
        ("{{ _('a b') }}", "c"),
        (
            "<p title='{% trans %}Hello {{ name }}{% endtrans %}'>",
            "<p title='Grüß dich, &lt;Zoë&gt;'>",
        ),
        ("<p title='{% trans %}a&nbsp;\"{% endtrans %}'>", "<p title='a&nbsp;&#34;'>"),
        (
            "<script>x = '{% trans %}Hello {{ name }}{% endtrans %}'</script>",
            "<script>x = 'Grüß dich, \\u003cZoë\\u003e'</script>",
        ),
        (
            "{% trans %}<b>{{ name }}</b><i title='{{ name }}'>x</i>{% endtrans %}",
            "<b>&lt;Zoë&gt;</b><i title='&lt;Zoë&gt;'>x</i>",
        ),
    ],
)
def test_messages(source: str, text: str) -> None:
    assert render(source, name="<Zoë>", n=5) == text


def test_without_a_catalog_the_text_stays() -> None:
    source = (
        "{% trans n=2 %}one{% pluralize %}{{ n }} many{% endtrans %}{% trans %} a{% endtrans %}"
    )

    assert Template(source).render() == "2 many a"


def test_a_request_may_bring_its_own_language() -> None:
    assert Template("{% trans %}a{% endtrans %}").render(gettext=str.upper) == "A"


def test_text_that_is_not_html_is_not_escaped() -> None:
    template = Template("{% trans %}Hi {{ name }}{% endtrans %}", name="mail.txt")

    assert template.render(name="<x>") == "Hi <x>"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% trans %}{{ a.b }}{% endtrans %}", "can hold names only"),
        ("{% trans %}{% if a %}{% endif %}{% endtrans %}", "can hold names only"),
        ("{% trans %}a{% pluralize %}b{% endtrans %}", "pluralize needs a number"),
        ("{% trans a b %}{% endtrans %}", "expected ','"),
        ("{% trans %}a", "must be closed by {% endtrans %}"),
        ("{% pluralize %}", "nothing is open"),
    ],
)
def test_refusals(source: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=message):
        Template(source)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% trans %}<a href="{{ u }}">x</a>{% endtrans %}', "put the whole attribute around it"),
        ("{% trans %}<script>{{ u }}</script>{% endtrans %}", "of a translated text"),
        ("{% trans %}<p title={{ u }}>{% endtrans %}", "of a translated text"),
        ("{% trans %}<b {% endtrans %}", "must end in text"),
    ],
)
def test_values_stand_only_where_their_escaping_holds(source: str, message: str) -> None:
    with pytest.raises(ContextError, match=message):
        Template(source)
