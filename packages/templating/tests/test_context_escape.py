"""groundup_templating.context_escape: every place has its escaper, or its reason."""

import pytest

from groundup_templating import ContextError, Template
from groundup_templating.context import TEXT
from groundup_templating.context_escape import choose_escapers
from groundup_templating.html_state import advance


@pytest.mark.parametrize(
    ("text", "escapers"),
    [
        ("", "text"),
        ("<p>", "text"),
        ("<p title='", "quoted"),
        ('<p title="', "quoted"),
        ("<p title=", "unquoted_whole"),
        ("<p title=x", "unquoted"),
        ("<p ", "attribute_name"),
        ("<p data-", "name_part"),
        ("<title>", "title"),
        ("<textarea>", "title"),
        ("<!-- ", "comment"),
        ("<a href='", "url_start quoted"),
        ("<a href=", "url_start unquoted_whole"),
        ("<a href='x", "url_word quoted"),
        ("<a href='/", "url_root quoted"),
        ("<a href='/x", "url_path quoted"),
        ("<a href='/x?", "url_query quoted"),
        ("<script src='", "url_local quoted"),
        ("<script src=", "url_local unquoted_whole"),
        ("<script src='x", "url_word quoted"),
        ("<link rel=icon href='", "url_start quoted"),
        ("<script ", "attribute_name_strict"),
        ("<meta http-equiv=refresh content='", "refresh quoted"),
        ("<meta http-equiv=refresh content='1;url=", "url_start quoted"),
        ("<animate to='", "animation quoted"),
        ("<style>@import '", "url_local style_url"),
        ("<iframe srcdoc='<p>", "document quoted"),
        ("<img srcset='", "images quoted"),
        ("<iframe srcdoc='", "document quoted"),
        ("<script>x = ", "script_value"),
        ("<script>x = '", "script_string"),
        ("<script>x = `", "script_string"),
        ("<script>x = `${", "script_value"),
        ("<script>a <", "script_value"),
        ("<b onclick='f(", "script_value quoted"),
        ("<b onclick='f(\"", "script_string quoted"),
        ("<b onclick=f(", "script_value unquoted"),
        ("<style>a{b:", "style_value"),
        ("<style>a{b:'", "style_string"),
        ("<style>a{b:url(", "url_start style_url"),
        ("<b style='c:", "style_value quoted"),
        ("<b style='c:url(/", "url_root style_url quoted"),
    ],
)
def test_escapers(text: str, escapers: str) -> None:
    assert " ".join(choose_escapers(advance(TEXT, text))) == escapers


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("<{{ x }}>", "the name of a tag", id="tag"),
        pytest.param("<h{{ x }}>", "the name of a tag", id="part-of-tag"),
        pytest.param("</{{ x }}>", "the name of a tag", id="end-tag"),
        pytest.param("<!DOCTYPE {{ x }}>", "a declaration", id="declaration"),
        pytest.param("<a hr{{ x }}='y'>", "the name of an attribute", id="part-of-name"),
        pytest.param("<a {{ x }}='y'>", "must be written out", id="name-with-value"),
        pytest.param("<a x {{ y }}>", "may go on with =", id="after-name"),
        pytest.param("<a href='javascript:{{ x }}'>", "it holds code", id="javascript"),
        pytest.param(
            "<a href='{% if a %}javascript:{% endif %}{{ x }}'>", "it holds code", id="branch"
        ),
        pytest.param("<script src='//{{ x }}'></script>", "write its host out", id="host"),
        pytest.param("<script src='https://a{{ x }}'></script>", "write its host", id="host-part"),
        pytest.param("<base href='https:{{ x }}'>", "write its host out", id="scheme-and-host"),
        pytest.param("<embed src='data:text/plain,{{ x }}'>", "holds code", id="data-as-script"),
        pytest.param("<iframe srcdoc='<a href={{ x }}>'>", "into its text", id="in-a-document"),
        pytest.param("<iframe srcdoc='<script>{{ x }}'>", "into its text", id="script-in-document"),
        pytest.param("<meta content='{{ x }}' http-equiv=a>", "must stand before", id="refresh"),
        pytest.param("<a href='{{ x }}:{{ y }}'>", "or host that a value began", id="scheme"),
        pytest.param("<object data='data:text/html,{{ x }}'>", "holds code", id="data-url"),
        pytest.param("<script>/{{ x }}/</script>", "regular expression", id="regex"),
        pytest.param("<script>/[{{ x }}]/</script>", "regular expression", id="regex-class"),
        pytest.param("<script>// {{ x }}\n</script>", "comment of a script", id="line-comment"),
        pytest.param("<script>/* {{ x }} */</script>", "comment may end", id="block-comment"),
        pytest.param("<script>'a\n{{ x }}</script>", "cannot be followed", id="broken-string"),
        pytest.param("<script>'\\{{ x }}'</script>", "cannot be followed", id="backslash"),
        pytest.param("<script></scr{{ x }}", "after '</scr'", id="end-of-script"),
        pytest.param("<style>/* {{ x }} */</style>", "comment may end", id="style-comment"),
        pytest.param("<!-- a --{{ x }}>", "write it out", id="end-of-comment"),
    ],
)
def test_places_where_nothing_is_safe_are_refused(source: str, reason: str) -> None:
    with pytest.raises(ContextError, match=reason) as caught:
        Template(source)

    assert caught.value.line is not None


@pytest.mark.parametrize(
    "source",
    [
        '<a {% if x %}href="{% endif %}y">',
        "{% if x %}<b{% endif %}",
        "{% if x %}<!-- {% else %}a{% endif %}",
        "{% if x %}<script>{% elif y %}<style>{% else %}{% endif %}",
        "<scr{% if x %}ipt{% endif %}>",
    ],
)
def test_branches_that_end_in_two_places_are_refused(source: str) -> None:
    with pytest.raises(ContextError, match=r"one ends in .*, another in "):
        Template(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% for i in x %}<a href="{% endfor %}',
        "<script>{% for i in x %}'{% endfor %}</script>",
        "<b {% for i in x %}title='{% endfor %}'>",
    ],
)
def test_a_loop_ends_where_it_begins(source: str) -> None:
    with pytest.raises(ContextError, match="must end where it begins"):
        Template(source)


def test_the_else_of_a_loop_ends_where_the_loop_ends() -> None:
    with pytest.raises(ContextError, match="must end as the loop"):
        Template("{% for i in x %}a{% else %}<b {% endfor %}")


@pytest.mark.parametrize(
    "source", ["<p", "<p title='", "<script>", "<!-- a", "<style>", "<a href="]
)
def test_a_template_ends_in_text(source: str) -> None:
    with pytest.raises(ContextError, match="is a tag or quote not closed"):
        Template(source)


@pytest.mark.parametrize("body", ["<b", "<script>", "<b title='"])
def test_macros_and_values_end_in_text(body: str) -> None:
    for source in ("{% macro m() %}B{% endmacro %}", "{% set m %}B{% endset %}"):
        with pytest.raises(ContextError, match="must end in text"):
            Template(source.replace("B", body))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<option{% if x %} selected{% endif %}>", "<option selected>"),
        ("<b {% if x %}class='a'{% else %}id='b'{% endif %}>", "<b class='a'>"),
        ("<b{% for i in l %} data-a='{{ i }}'{% endfor %}>", "<b data-a='1' data-a='2'>"),
        ("<b title='{% for i in l %}{{ i }} {% endfor %}'>", "<b title='1 2 '>"),
        ("<a href='/p{% if x %}?a={{ x }}{% endif %}&b={{ x }}'>", "<a href='/p?a=a%26&b=a%26'>"),
        ("<a href='{% if x %}/{{ x }}{% endif %}{{ x }}'>", "<a href='/a&amp;a%26'>"),
        (
            "<script>[{% for i in l %}{{ i }},{% endfor %}] / 2</script>",
            "<script>[1,2,] / 2</script>",
        ),
        ("{% if x %}<a href='x'>{% else %}<b>{% endif %}</a>", "<a href='x'></a>"),
    ],
)
def test_branches_and_loops_that_can_meet(source: str, text: str) -> None:
    assert Template(source).render(x="a&", l=[1, 2]) == text


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("{{ x }}", "/"),
        ("{{ x }}a", "/a"),
        ("{{ x }}?", "/?"),
        ("{{ x }}/a", "/.//a"),
        ("{{ x }}{{ x }}", "/.//"),
        ("{% if x %}{{ x }}{% endif %}/", "/.//"),
        ("/{{ y }}", "/"),
        ("/{{ y }}/a", "/.//a"),
        ("/{{ y }}{{ y }}", "/./"),
        ("/{{ x }}/a", "/%2F/a"),
    ],
)
def test_a_value_keeps_its_slash_from_the_next(url: str, written: str) -> None:
    assert Template(f"<a href='{url}'>").render(x="/", y="") == f"<a href='{written}'>"


def test_a_block_may_hold_the_content_of_a_meta() -> None:
    source = "<meta name='description' content='{% block d %}{{ x }}{% endblock %}'>"

    assert Template(source).render(x="<").endswith("content='&lt;'>")
    with pytest.raises(ContextError, match="must stand before"):
        Template(source.replace(">", " http-equiv='refresh'>"))


def test_what_a_block_may_do_to_a_url_is_refused() -> None:
    for start in ("<a href='B{{ x }}'>", "<script src='B{{ x }}'></script>"):
        page = Template(start.replace("B", "{% block b %}{% endblock %}"))
        assert "x" in page.render(x="x")
    with pytest.raises(ContextError, match="must end where it starts"):
        Template("<a href='{% block b %}javascript:{% endblock %}{{ x }}'>").render(x="x")
    with pytest.raises(ContextError, match="must end where it starts"):
        Template("<embed src='{% block b %}//{% endblock %}{{ x }}'>").render(x="x")


def test_safe_is_the_word_of_the_author() -> None:
    source = "{{ x | safe }}<script>{{ x | safe }}</script><p title='{{ x | upper | safe }}'>"

    assert Template(source).render(x="<b>") == "<b><script><b></script><p title='<B>'>"


def test_an_error_of_a_branch_shows_the_branch() -> None:
    with pytest.raises(ContextError) as caught:
        Template("{% if a %}\nx\n{% else %}\n<b \n{% endif %}")

    assert caught.value.line == 3
