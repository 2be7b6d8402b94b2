"""groundup_templating.choice: every place has its escaper, or its reason."""

import pytest

from groundup_templating import ContextError, Template
from groundup_templating.choice import choose_escapers
from groundup_templating.context import TEXT
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
        ("<p a ", "attribute_name"),
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
        pytest.param("<a {{ x }}{{ y }}>", "put a space before it", id="behind-a-name"),
        pytest.param("<a{{ x }}>", "put a space before it", id="behind-a-tag"),
        pytest.param("<b{% if x %} a{% endif %}{{ y }}>", "put a space", id="behind-a-branch"),
        pytest.param("<a x {{ y }}='z'>", "may not go on", id="value-for-whom"),
        pytest.param("<a x {{ y }} ='z'>", "must begin with its name", id="value-behind-a-space"),
        pytest.param("<a{{ ' x' if y }}='z'>", "may not go on", id="value-of-an-option"),
        pytest.param("<s{{ ' x' if y }}cript>", "may not go on", id="name-in-pieces"),
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
