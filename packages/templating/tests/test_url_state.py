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
        ("\\", Url.ROOT),
        ("/\n", Url.ROOT),
        ("\\/", Url.PATH),
        ("/\\a", Url.PATH),
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
        ("data:image/s", Url.FORBIDDEN),
        ("data:text/plain", Url.FORBIDDEN),
    ],
)
def test_parts(text: str, url: Url) -> None:
    assert advance_url(START, text).url is url


@pytest.mark.parametrize("text", ["page/a", "/a?b#c", "//host", "mailto:x"])
def test_text_may_be_split_anywhere(text: str) -> None:
    whole = advance_url(START, text).url

    for size in range(1, len(text)):
        assert advance_url(advance_url(START, text[:size]), text[size:]).url is whole


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", Url.START),
        ("/", Url.ROOT),
        ("/a", Url.PATH),
        ("a/", Url.PATH),
        ("?", Url.QUERY),
        ("//", Url.HOST),
        ("/\\", Url.HOST),
        ("\\/", Url.HOST),
        ("/\t/", Url.HOST),
        ("///", Url.HOST),
        ("//h", Url.HOST),
        ("//h.example:1", Url.HOST),
        ("//h/", Url.PATH),
        ("//h?", Url.QUERY),
        ("https:", Url.HOST),
        ("https:h", Url.HOST),
        ("https:/h", Url.HOST),
        ("https://h", Url.HOST),
        ("https://u@h", Url.HOST),
        ("https://h/", Url.PATH),
        ("https://h/a?b", Url.QUERY),
        ("HTTP://h#", Url.QUERY),
        ("ftp://h/", Url.FORBIDDEN),
        ("blob:", Url.FORBIDDEN),
        ("javascript:", Url.FORBIDDEN),
        ("data:text/plain,", Url.FORBIDDEN),
        ("data:text/css,", Url.FORBIDDEN),
        ("data:font/woff2,", Url.FORBIDDEN),
        ("data:image/svg+xml,", Url.FORBIDDEN),
        ("data:image/png;base64,", Url.PATH),
    ],
)
def test_parts_of_a_local_url(text: str, url: Url) -> None:
    local = START._replace(local=True)

    assert advance_url(local, text).url is url


@pytest.mark.parametrize("text", ["page/a", "/a?b#c", "//host/a", "https://host/a", "////h/a?b"])
def test_a_local_url_may_be_split_anywhere(text: str) -> None:
    local = START._replace(local=True)
    whole = advance_url(local, text).url

    for size in range(1, len(text)):
        assert advance_url(advance_url(local, text[:size]), text[size:]).url is whole


def test_an_unknown_part_and_a_slash_may_begin_a_host() -> None:
    unknown = START._replace(url=Url.UNKNOWN)

    assert advance_url(unknown._replace(local=True), "/").url is Url.HOST
    assert advance_url(unknown._replace(local=True), "/a/").url is Url.PATH
    assert advance_url(unknown._replace(local=True), "a").url is Url.UNKNOWN
    assert advance_url(unknown, "/").url is Url.UNKNOWN


def test_a_slash_after_a_value_may_be_the_first() -> None:
    begun = after_url_value(START)

    assert advance_url(begun, "/").url is Url.ROOT
    assert advance_url(advance_url(begun, "/"), "/").url is Url.PATH
    assert advance_url(advance_url(begun._replace(local=True), "/"), "/").url is Url.HOST


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
