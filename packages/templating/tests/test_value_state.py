"""groundup_templating.value_state: what an attribute is written in, and what it says."""

import pytest

from groundup_templating import ContextError, Template
from groundup_templating.context import TEXT, Context, Language, State
from groundup_templating.html_state import advance
from groundup_templating.url_escapers import BLOCKED_URL
from groundup_templating.value_state import after_value, mark_value


def after(text: str) -> Context:
    return advance(TEXT, text)


def test_a_content_that_may_hold_a_value_is_marked_once() -> None:
    marked = mark_value(after("<meta content='"))

    assert marked != after("<meta content='")
    assert mark_value(marked) == marked
    assert mark_value(after("<p title='")) == after("<p title='")
    assert mark_value(after("<meta http-equiv=a content='")).said == "a"


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("<script src='", True),
        ("<SCRIPT SRC='", True),
        ("<script type=module src=", True),
        ("<svg><script xlink:href='", True),
        ("<link rel=stylesheet href='", True),
        ("<link href='", True),
        ("<link rel='canonical' href='", False),
        ("<link rel=' Shortcut  Icon ' href='", False),
        ("<link rel='icon' rel='stylesheet' href='", False),
        ("<link rel='stylesheet' rel='icon' href='", True),
        ("<link rel='icon'><link href='", True),
        ("<iframe src='", True),
        ("<img src='", False),
        ("<a href='", False),
        ("<style>a{b:url(", False),
        ("<style>@import url(", True),
        ("<style>@IMPORT '", True),
        ("<style>@import 'a'; b{c:url(", False),
        ("<b style='a:url(", False),
    ],
)
def test_urls_that_act_for_the_page(text: str, local: bool) -> None:
    begun = after(text)
    if begun.state is State.BEFORE_VALUE:
        begun = after_value(begun)

    assert begun.local is local


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<meta http-equiv=refresh content='", "seconds and URL of a refresh)"),
        ("<meta http-equiv='Refresh' content='5", "seconds and URL of a refresh)"),
        ("<meta http-equiv='refresh' content='5;", "URL), its start"),
        ("<meta http-equiv='refresh' content='5 ", "URL), its start"),
        ("<meta http-equiv='refresh' content='5;url=", "URL), its start"),
        ("<meta http-equiv='refresh' content=' 5 , URL = \"", "URL), its start"),
        ("<meta http-equiv='refresh' content='5;url=/", "URL), after the first slash"),
        ("<meta http-equiv='refresh' content='5;url=javascript:", "URL), code"),
        ("<meta name='refresh' content='5;url=", "attribute content"),
    ],
)
def test_refreshes(text: str, words: str) -> None:
    assert str(after(text)).endswith(words)


def test_http_equiv_must_come_before_a_content_with_a_value() -> None:
    for meta in ("<meta content='0;url=", "<meta content="):
        begun = advance(after_value(after(meta)), "' a='b' " if "'" in meta else " ")
        with pytest.raises(ContextError, match="must stand before"):
            advance(begun, "http-equiv='refresh'>")
    assert after("<meta content='text/html' http-equiv='content-type'>") == TEXT


def test_values_leave_their_mark() -> None:
    assert after_value(after("<b ")).state is State.ATTRIBUTE_NAME
    assert after_value(after("<b x ")).state is State.JOINED
    assert after_value(after("<b x=")).state is State.VALUE
    assert after_value(after("<a href='")).url.name == "DYNAMIC"
    assert after_value(after("<script>a +")).slash.name == "DIVISION"
    assert after_value(TEXT) == TEXT


def test_a_script_of_unknown_type_is_taken_as_script() -> None:
    context = advance(after_value(after("<script type='")), "'>")

    assert context.language is Language.SCRIPT


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("<link href='{{ x }}' rel='canonical'>", "https://h/"),
        ("<link href='{{ x }}/a' type='b' rel=alternate title='{{ x }}'>", "https://h//a"),
        ("<link href='{{ x }}' rel='alternate stylesheet'>", BLOCKED_URL),
        ("<link href='{{ x }}' rel='stylesheet' rel='canonical'>", BLOCKED_URL),
        ("<link href='{{ x }}' title='rel=canonical'>", BLOCKED_URL),
        ("<link href='{{ x }}'><link rel='canonical'>", BLOCKED_URL),
        ("<link href='{{ x }}' {% if y %}rel='canonical'{% endif %}>", BLOCKED_URL),
        ("<script src='{{ x }}' rel='canonical'></script>", BLOCKED_URL),
    ],
)
def test_the_rel_of_a_link_may_stand_behind_its_address(source: str, url: str) -> None:
    page = Template(source).render(x="https://h/", y=1)

    assert page.split("'")[1] == url


def test_a_link_of_a_feed_leads_anywhere() -> None:
    source = "<feed><link href='{{ x }}'/><link rel='stylesheet' href='{{ x }}'/></feed>"

    page = Template(source, name="feed.xml").render(x="https://h/")

    assert [part for part in page.split("'") if ":" in part] == ["https://h/", BLOCKED_URL]
