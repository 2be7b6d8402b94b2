"""groundup_templating.filters_html: HTML, URLs and JSON."""

from typing import Any

import pytest

from groundup_templating import ContextError, Markup, Template, TemplateError


def render(source: str, **names: Any) -> str:
    return Template(source).render(names)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ x|e }}", "&lt;&#39;"),
        ("{{ x|e|e }}", "&lt;&#39;"),
        ("{{ x|forceescape }}", "&lt;&#39;"),
        ("{{ x|e|forceescape }}", "&amp;lt;&amp;#39;"),
        ("{{ x|safe }}", "<'"),
        ("{{ x|safe|string }}", "<'"),
        ("<p title='{{ x|e }}'>", "<p title='&lt;&#39;'>"),
        ("{{ '<b>a</b> &amp;'|striptags }}", "a &amp;"),
        ("{{ 'a/b c'|urlencode }}", "a/b%20c"),
        ("{{ [('a', 'b c'), ('d', 1)]|urlencode }}", "a=b+c&amp;d=1"),
        ("<a href='?{{ {'a': 'b&c'}|urlencode }}'>", "<a href='?a=b%26c'>"),
        ("<a href='?a={{ 'b&c'|urlencode }}'>", "<a href='?a=b%26c'>"),
        ("<a href='/{{ 'b c'|urlencode }}'>", "<a href='/b%20c'>"),
        (
            "<script>x = {{ {'a': x}|tojson }}</script>",
            '<script>x = {"a": "\\u003c\\u0027"}</script>',
        ),
        (
            "<script>x = '{{ x|tojson }}'</script>",
            "<script>x = '\\u0022\\u005cu003c\\u005cu0027\\u0022'</script>",
        ),
        (
            "<p data-x='{{ {'a': x}|tojson }}'>",
            "<p data-x='{&#34;a&#34;: &#34;\\u003c\\u0027&#34;}'>",
        ),
        ("<p data-x={{ [1]|tojson }}>", "<p data-x=[1]>"),
        ("{{ [1]|tojson(indent=1) }}", "[\n 1\n]"),
        ("{{ 'a\\n<'|nl2br }}", "a<br>\n&lt;"),
        ("{{ 'a\\n\\nb\\nc<'|linebreaks }}", "<p>a</p>\n<p>b<br>\nc&lt;</p>"),
        ("{{ ''|linebreaks }}", ""),
    ],
)
def test_filters(source: str, text: str) -> None:
    assert render(source, x="<'") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"class": "a", "title": "<'"}, ' class="a" title="&lt;&#39;"'),
        ({"href": "javascript:x"}, ' href="about:blank#blocked"'),
        ({"style": "color: x()"}, ' style="blocked"'),
        ({"srcset": "/a 1x"}, ' srcset="/a 1x"'),
        ({"a": None}, ""),
        ({}, ""),
    ],
)
def test_attributes_are_escaped_by_their_name(value: dict[str, Any], text: str) -> None:
    assert render("<b {{ x|xmlattr }}>", x=value) == f"<b {text}>"
    assert render("{{ x|xmlattr(false) }}", x=value) == text.strip()


@pytest.mark.parametrize("name", ["onclick", "srcdoc", "a b", "a=b", "a>", "", "a/b", "é"])
def test_other_attributes_are_refused(name: str) -> None:
    with pytest.raises(TemplateError, match="harmless attribute"):
        render("<b {{ x|xmlattr }}>", x={name: "x"})


def test_attributes_of_plug_ins_are_of_this_site() -> None:
    assert render("<b {{ x|xmlattr }}>", x={"classid": "//h"}).endswith('"about:blank#blocked">')
    assert render("<a {{ x|xmlattr }}>", x={"href": "//h"}) == '<a  href="//h">'


def test_attributes_that_decide_must_be_written_out_where_they_load() -> None:
    assert "width" in render("<iframe {{ x|xmlattr }}></iframe>", x={"width": 1})
    for tag in ("iframe", "script", "meta", "link", "animate", "base"):
        with pytest.raises(ContextError, match="must be written out"):
            render(f"<{tag} {{{{ x|xmlattr }}}}></{tag}>".replace("</", "</"), x={"href": "/x"})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "see https://a.b/c?d=e&f.",
            'see <a href="https://a.b/c?d=e&amp;f" rel="noopener">https://a.b/c?d=e&amp;f</a>.',
        ),
        ("<b> javascript:x", "&lt;b&gt; javascript:x"),
        ('http://a.b/"onx', '<a href="http://a.b/" rel="noopener">http://a.b/</a>&#34;onx'),
    ],
)
def test_addresses_become_links(text: str, html: str) -> None:
    assert render("{{ x|urlize }}", x=text) == html


def test_links_may_have_a_target() -> None:
    page = render("{{ x|urlize(nofollow=true, target='_blank') }}", x="http://a.bc")

    assert page == '<a href="http://a.bc" rel="nofollow noopener" target="_blank">http://a.bc</a>'


def test_html_in_a_link_text_is_escaped_once() -> None:
    assert render("{{ x|nl2br }}", x=Markup("<b>\n")) == "<b><br>\n"
