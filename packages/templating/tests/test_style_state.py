"""groundup_templating.style_state: strings, comments and url()."""

import pytest

from groundup_templating.context import Context, Language, Part, State, Url
from groundup_templating.style_state import advance_style

START = Context(State.RAW, "style", language=Language.STYLE)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a{color:", Part.CODE),
        ("a{b:'", Part.SINGLE),
        ('a{b:"c', Part.DOUBLE),
        ('a{b:"c\\"', Part.DOUBLE),
        ('a{b:"c"', Part.CODE),
        ('a{b:"c\n', Part.LOST),
        ("a{b:'c\\", Part.LOST),
        ("a\\", Part.LOST),
        ("a\\'", Part.CODE),
        ("/* '", Part.BLOCK_COMMENT),
        ("/* ' */", Part.CODE),
        ("url(", Part.URL),
        ("URL( a", Part.URL),
        ("url(a)", Part.CODE),
        ("url(a\\)", Part.URL),
        ("url('a", Part.URL_SINGLE),
        ('url( "a', Part.URL_DOUBLE),
        ('url("a"', Part.CODE),
        ('url("a\n', Part.LOST),
    ],
)
def test_parts(text: str, part: Part) -> None:
    assert advance_style(START, text).part is part


@pytest.mark.parametrize(
    ("text", "part", "local"),
    [
        ("@import '", Part.URL_SINGLE, True),
        ('@IMPORT "/a', Part.URL_DOUBLE, True),
        ("@import /* */ url(", Part.URL, True),
        ("@import 'a', 'b", Part.URL_SINGLE, True),
        ("@import 'a'; a{b:'", Part.SINGLE, False),
        ("a{b:'@import", Part.SINGLE, False),
        ("@media x{ a{b:url(", Part.URL, False),
    ],
)
def test_what_is_imported_is_local(text: str, part: Part, local: bool) -> None:
    context = advance_style(START, text)

    assert (context.part, context.local) == (part, local)


@pytest.mark.parametrize(
    ("text", "url"),
    [("url(", Url.START), ("url(/a", Url.PATH), ("url('?", Url.QUERY), ("url(a) url(", Url.START)],
)
def test_a_url_in_a_style_is_followed(text: str, url: Url) -> None:
    assert advance_style(START, text).url is url
