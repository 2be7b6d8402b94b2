"""groundup_templating.context: where branches meet."""

import pytest

from groundup_templating.context import (
    ANYTHING,
    TEXT,
    Context,
    Language,
    Slash,
    State,
    Url,
    join,
    widen,
)
from groundup_templating.html_state import advance


def after(text: str) -> Context:
    return advance(TEXT, text)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        pytest.param("<b", "<b ", State.JOINED, id="name-or-space"),
        pytest.param("<b x", "<b ", State.JOINED, id="attribute-or-none"),
        pytest.param("<b x=y", "<b ", State.JOINED, id="unquoted-or-none"),
        pytest.param("<b x='y'", "<i ", State.TAG, id="other-tag"),
        pytest.param("<b>", "", State.TEXT, id="text"),
        pytest.param('<a href="/x', '<a href="?y', State.VALUE, id="parts-of-a-url"),
        pytest.param("<script>a", "<script>a +", State.RAW, id="slash"),
        pytest.param("<b title='", "<b alt='", State.VALUE, id="attributes-that-hold-text"),
        pytest.param('<input type="a', '<input type="b', State.VALUE, id="type"),
        pytest.param('<script type="a', '<script type="b', State.VALUE, id="type-of-script"),
        pytest.param("<link rel='a' ", "<link ", State.JOINED, id="rel"),
        pytest.param("<meta http-equiv='a' ", "<meta ", State.JOINED, id="http-equiv"),
        pytest.param('<a href="javascript:', '<a href="', State.VALUE, id="code-or-not"),
    ],
)
def test_branches_that_can_meet(first: str, second: str, state: State) -> None:
    both = join(after(first), after(second))

    assert both is not None
    assert both.state is state
    assert join(after(second), after(first)) == both


def test_what_one_branch_spoils_is_spoiled() -> None:
    for first, second in (("javascript:", ""), ("javascript:", "/a"), ("vbscript:", "?")):
        both = join(after(f'<a href="{first}'), after(f'<a href="{second}'))
        assert both is not None
        assert both.url is Url.FORBIDDEN
    host = join(after('<script src="//'), after('<script src="'))
    assert host is not None
    assert host.url is Url.FORBIDDEN


def test_what_one_branch_has_said_counts_as_the_worst() -> None:
    link = join(after("<link rel='icon' "), after("<link "))
    meta = join(after("<meta http-equiv='x' "), after("<meta "))

    assert link is not None
    assert advance(link, " href='").local
    assert meta is not None
    assert advance(meta, " content='").language is Language.REFRESH


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("<b", "", id="tag-or-text"),
        pytest.param("<b title='", '<b title="', id="quotes"),
        pytest.param("<a title='", "<a href='", id="attributes"),
        pytest.param("<script>", "<style>", id="elements"),
        pytest.param("<script", "<b", id="special-or-ordinary-tag"),
        pytest.param("<script>'", "<script>", id="string-or-code"),
        pytest.param("<!--", "", id="comment-or-text"),
        pytest.param("<b x=", "<b x=y", id="before-or-in-a-value"),
    ],
)
def test_branches_that_cannot_meet(first: str, second: str) -> None:
    assert join(after(first), after(second)) is None


@pytest.mark.parametrize(
    "text",
    ["", "<b", "<b x='", '<a href="/x', "<script src='//", "<script>a", "<style>a{", "<!--"],
)
def test_to_widen_twice_changes_nothing_more(text: str) -> None:
    wide = widen(after(text))

    assert widen(wide) == wide
    assert join(after(text), wide) == wide


def test_what_a_part_may_change_is_not_known_after_it() -> None:
    assert widen(after('<a href="/')).url is Url.UNKNOWN
    assert widen(after("<script>a")).slash is Slash.UNKNOWN
    assert widen(after("<p>")) == TEXT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "text"),
        ("<a href='?", "attribute href (URL), query"),
        ("<script src='", "attribute src (URL of this site), its start"),
        ("<b title=x", "unquoted attribute title"),
        ("<b onclick='f(\"", "attribute onclick (script), string in double quotes"),
        ("<style>a{", "style in <style>, code"),
        ("<title>", "text in <title>"),
    ],
)
def test_a_context_says_what_it_is(text: str, words: str) -> None:
    assert str(after(text)) == words


def test_a_context_is_a_plain_value() -> None:
    assert Context() == TEXT
    assert hash(Context(language=Language.URL)) != hash(TEXT)


def test_an_unquoted_value_that_decides_and_may_go_on_counts_as_the_worst() -> None:
    for text, local in (("<link rel=icon", True), ("<meta http-equiv=refresh", False)):
        wide = widen(after(text))
        assert wide.state is State.JOINED
        assert wide.said == ANYTHING
        assert advance(wide, " href='").local is local
