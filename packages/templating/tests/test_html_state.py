"""groundup_templating.html_state: what a browser makes of a piece of text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import ContextError
from groundup_templating.context import PLAIN, TEXT, XML, Context, Language, State
from groundup_templating.html_state import advance
from groundup_templating.value_state import after_value

PAGE = (
    '<!DOCTYPE html><html lang=en><head><title>a < b</title><style>a{b:url("c")}</style>'
    '<script type="module">var a = "</b>" / 2; /* \' */ f(`x${ {y: 1} }`)</script></head>'
    "<body class='x y' data-z><!-- <b> --><p>1 < 2 && 3 > 2</p><br/>"
    '<textarea><b></textarea><a href="/p?q=1#f" onclick="g(&quot;x&quot;)" hidden>l</a>'
)


def after(text: str) -> Context:
    return advance(TEXT, text)


def test_a_whole_page_ends_in_text() -> None:
    assert after(PAGE) == TEXT


@pytest.mark.parametrize("size", range(len(PAGE)))
def test_text_may_be_split_anywhere(size: int) -> None:
    assert advance(after(PAGE[:size]), PAGE[size:]) == TEXT
    assert advance(after(PAGE[:size]), "") == after(PAGE[:size])


def test_every_character_alone_gives_the_same() -> None:
    context = TEXT
    for character in PAGE:
        context = advance(context, character)

    assert context == TEXT


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("a < b", State.TEXT),
        ("a <", State.OPENING),
        ("</", State.OPENING),
        ("<!", State.OPENING),
        ("<!-", State.OPENING),
        ("<!--", State.COMMENT),
        ("<!-->", State.TEXT),
        ("<!--->", State.TEXT),
        ("<!-- a --!>", State.TEXT),
        ("<!-- a -- >", State.COMMENT),
        ("<!DOCTYPE", State.DECLARATION),
        ("<?xml", State.DECLARATION),
        ("<?xml?>", State.TEXT),
        ("<b", State.TAG_NAME),
        ("</b", State.TAG_NAME),
        ("<b ", State.TAG),
        ("<b/", State.TAG),
        ("<b x", State.ATTRIBUTE_NAME),
        ("<b x ", State.AFTER_NAME),
        ("<b x=", State.BEFORE_VALUE),
        ("<b x= ", State.BEFORE_VALUE),
        ("<b x=y", State.VALUE),
        ("<b x='y", State.VALUE),
        ("<b x='y'", State.TAG),
        ("<b x=y ", State.TAG),
        ("<b x=>", State.TEXT),
        ("<b x='y'z=1>", State.TEXT),
        ("<script>", State.RAW),
        ("<SCRIPT>a</sCript >", State.TEXT),
        ("<script>'</script>", State.TEXT),
        ("<script></scripty>", State.RAW),
        ("<title><script>", State.RAW),
        ("<title><script></title>", State.TEXT),
        ("</script>", State.TEXT),
        ("<scripty>", State.TEXT),
        ("<plaintext>", State.RAW),
    ],
)
def test_states(text: str, state: State) -> None:
    assert after(text).state is state


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("<a HREF='", Language.URL),
        ("<use xlink:href='", Language.URL),
        ("<animate to='", Language.ANIMATION),
        ("<SET attributeName=href TO='", Language.ANIMATION),
        ("<form action=x", Language.URL),
        ("<b ONCLICK='", Language.SCRIPT),
        ("<b style='", Language.STYLE),
        ("<img srcset='", Language.SRCSET),
        ("<iframe srcdoc='", Language.DOCUMENT),
        ("<b data-href='", Language.TEXT),
        ("<b title='", Language.TEXT),
        ("<script>", Language.SCRIPT),
        ("<script type=text/javascript>", Language.SCRIPT),
        ("<script type='application/ld+json'>", Language.SCRIPT),
        ("<script type='text/x-template'>", Language.TEXT),
        ("<script type=''>", Language.SCRIPT),
        ("<script src='x' type='text/html' defer>", Language.TEXT),
        ("<style>", Language.STYLE),
        ("<textarea>", Language.TEXT),
    ],
)
def test_languages(text: str, language: Language) -> None:
    assert after(text).language is language


def test_a_document_in_an_attribute_is_read_as_one() -> None:
    assert after("<iframe srcdoc='").inner is None
    for text, state in (("<p>", State.TEXT), ('<a href="', State.VALUE), ("&lt;b ", State.TAG)):
        inner = after(f"<iframe srcdoc='{text}").inner
        assert inner is not None
        assert inner.state is state


def test_a_prefix_may_not_hide_a_script_in_xml() -> None:
    for name in ("svg:script", "h:style"):
        with pytest.raises(ContextError, match="without a prefix"):
            advance(XML, f"<{name} >")
        assert after(f"<{name}>") == TEXT


def test_an_element_that_closes_itself_has_no_content_in_xml_only() -> None:
    assert advance(XML, "<svg:title/><script/>") == XML
    assert after("<script/>").state is State.RAW


@pytest.mark.parametrize(
    "text", ['<b "', "<b '", "<b <", "<b =", '<b x"y"', "<b x='y'\"", '<b class="a" "b">']
)
def test_a_missing_quote_is_refused(text: str) -> None:
    with pytest.raises(ContextError, match="missing"):
        after(text)


def test_a_script_that_would_not_end_is_refused() -> None:
    with pytest.raises(ContextError, match="<!-- and then <script"):
        after("<script>x = '<!-- <script>'")
    with pytest.raises(ContextError, match="<!-- and then <script"):
        advance(after_value(after("<script><!-- a +")), "<SCRIPT>")


def test_a_name_may_not_go_on_after_a_branch() -> None:
    joined = Context(State.JOINED)

    assert advance(joined, " x").state is State.ATTRIBUTE_NAME
    assert advance(joined, ">").state is State.TEXT
    with pytest.raises(ContextError, match="may not go on after a branch"):
        advance(joined, "x")


def test_the_name_of_an_attribute_must_be_known_before_its_value() -> None:
    with pytest.raises(ContextError, match="must be written out"):
        advance(after_value(after("<b ")), "=")
    assert advance(after_value(after("<b data-")), "=").state is State.BEFORE_VALUE


def test_plain_text_has_no_states() -> None:
    assert advance(PLAIN, "<script>") == PLAIN


@pytest.mark.parametrize("piece", ["<", "<b x='y'>", "<!-- ", "<title>", "<!--", "</", "<script>"])
def test_long_pages_take_linear_time(piece: str) -> None:
    assert isinstance(advance(TEXT, piece.replace("<!--", "<!-- x") * 20_000), Context)


HTML = st.text("<>/!-=\"' abscriptyle&;{}`$\\\n#?:", max_size=40)


@settings(max_examples=300, deadline=None)
@given(HTML, HTML)
def test_a_split_never_changes_the_end(first: str, second: str) -> None:
    try:
        whole = after(first + second)
    except ContextError:
        return

    if after(first).state is not State.RAW and "&" not in first + second:
        assert advance(after(first), second) == whole
