"""groundup_templating.url_state: how far a URL has come."""

import pytest

from groundup_templating.context import Context, Language, State, Url
from groundup_templating.url_state import advance_url, after_url_value

START = Context(State.VALUE, attribute="href", quote='"', language=Language.URL)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", Url.START),
        ("  \n", Url.START),
        ("page", Url.PREFIX),
        ("/", Url.ROOT),
        ("//", Url.PATH),
        ("/a", Url.PATH),
        ("a/", Url.PATH),
        ("\\", Url.PATH),
        ("https:", Url.PATH),
        ("https://h/p", Url.PATH),
        ("mailto:a", Url.PATH),
        ("?", Url.QUERY),
        ("#", Url.QUERY),
        ("/a?b", Url.QUERY),
        ("https://h/#x", Url.QUERY),
        ("javascript:", Url.FORBIDDEN),
        (" JavaScript:", Url.FORBIDDEN),
        ("java\nscript:", Url.FORBIDDEN),
        ("vbscript:f", Url.FORBIDDEN),
        ("data:text/html,", Url.FORBIDDEN),
        ("data:image/svg+xml,", Url.FORBIDDEN),
        ("data:", Url.FORBIDDEN),
        ("data:image/png;base64,", Url.PATH),
        ("data:text/plain,", Url.PATH),
    ],
)
def test_parts(text: str, url: Url) -> None:
    assert advance_url(START, text).url is url


@pytest.mark.parametrize("text", ["page/a", "/a?b#c", "//host", "mailto:x"])
def test_text_may_be_split_anywhere(text: str) -> None:
    whole = advance_url(START, text).url

    for size in range(1, len(text)):
        assert advance_url(advance_url(START, text[:size]), text[size:]).url is whole


def test_a_scheme_is_never_begun_by_a_value() -> None:
    begun = after_url_value(START)

    assert begun.url is Url.DYNAMIC
    assert advance_url(begun, ":").url is Url.FORBIDDEN
    assert advance_url(after_url_value(advance_url(START, "java")), "x:").url is Url.FORBIDDEN
    assert advance_url(begun, "/a:b").url is Url.PATH
    assert advance_url(begun, "?").url is Url.QUERY


def test_a_value_after_the_first_slash_makes_a_path() -> None:
    assert after_url_value(advance_url(START, "/")).url is Url.PATH
    assert after_url_value(advance_url(START, "/?")).url is Url.QUERY


def test_an_unknown_part_becomes_known_by_a_question_mark() -> None:
    unknown = START._replace(url=Url.UNKNOWN)

    assert advance_url(unknown, "&x=").url is Url.UNKNOWN
    assert advance_url(unknown, "?x=").url is Url.QUERY
    assert advance_url(unknown, "x:").url is Url.FORBIDDEN
