"""groundup_templating.url_escapers: a value in a URL stays what it may be there."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_templating import Markup
from groundup_templating.markup import Encoded
from groundup_templating.url_escapers import BLOCKED_URL, URL_ESCAPERS

TEXT = st.text(max_size=30)


def escape(name: str, value: Any) -> str:
    return URL_ESCAPERS[name](value)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:x",
        " javascript:x",
        "java\nscript:x",
        "java\tscript:x",
        "\x00javascript:x",
        "\x01java\rscript:x",
        "vbscript:x",
        "data:text/html,x",
        "x:y",
        ":x",
        "javascript\n:x",
        "blob:x",
        "file:///etc/passwd",
        "view-source:x",
        "javascript&colon;x:",
    ],
)
def test_urls_with_other_schemes_are_blocked(url: str) -> None:
    assert escape("url_start", url) == BLOCKED_URL


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("/a/b?c=d&e=f#g", "/a/b?c=d&e=f#g"),
        ("https://user@host:80/p;x=1", "https://user@host:80/p;x=1"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("tel:+49", "tel:+49"),
        ("//host/x", "//host/x"),
        ("?q=a:b", "?q=a:b"),
        ("a/b:c", "a/b:c"),
        ("#a:b", "#a:b"),
        ("/a b\"'<>`", "/a%20b%22%27%3C%3E%60"),
        ("/100%", "/100%25"),
        ("/a%20b", "/a%20b"),
        ("/é", "/%C3%A9"),
        ("/\ud800", "/%ED%A0%80"),
        ("", ""),
    ],
)
def test_other_urls_are_normalized(url: str, written: str) -> None:
    assert escape("url_start", url) == written


def test_html_as_a_url_is_its_text() -> None:
    assert escape("url_start", Markup("/?a&amp;b")) == "/?a&b"


@settings(deadline=None)
@given(TEXT.filter(str.isascii))
def test_parts_of_urls_read_back(value: str) -> None:
    assert unquote(escape("url_query", value)) == value
    assert unquote(escape("url_path", value)) == value
    assert not set("?#%&+ ") & set(escape("url_query", value).replace("%", ""))


def test_parts_of_urls() -> None:
    assert escape("url_path", "a/b?c#d:e%f") == "a/b%3Fc%23d:e%25f"
    assert escape("url_word", "javascript:x") == "javascript%3Ax"
    assert escape("url_root", "/evil.example") == "%2Fevil.example"
    assert escape("url_root", "\\evil") == "%5Cevil"
    assert escape("url_query", "a&b=c d") == "a%26b%3Dc%20d"
    assert escape("url_query", Encoded("a%26+b=c&d")) == "a%26+b=c&d"
    assert escape("url_path", Encoded("a%20b")) == "a%20b"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("/a.png", "/a.png"),
        ("/a.png 1x, /b.png 2.5x", "/a.png 1x, /b.png 2.5x"),
        ("javascript:x 1x, /b 2x", f"{BLOCKED_URL}, /b 2x"),
        ("/a onerror=x", BLOCKED_URL),
        ("", BLOCKED_URL),
    ],
)
def test_image_lists(value: str, written: str) -> None:
    assert escape("images", value) == written.replace(f"{BLOCKED_URL}, ", f"{BLOCKED_URL} 1x, ")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("/a/b.js?v=1", "/a/b.js?v=1"),
        ("a.js", "a.js"),
        ("", ""),
        ("//h/a.js", BLOCKED_URL),
        ("https://h/a.js", BLOCKED_URL),
        ("https:a.js", BLOCKED_URL),
        ("mailto:a", BLOCKED_URL),
        ("\\\\h", "%5C%5Ch"),
        ("/\t/h", "/%09/h"),
        (" //h", "%20//h"),
        ("/a?b=https://h", "/a?b=https://h"),
    ],
)
def test_urls_of_this_site(value: str, written: str) -> None:
    assert escape("url_local", value) == written


def test_slashes_do_not_meet() -> None:
    assert [escape("not_slash", url) for url in ("/", "", "/a", "a")] == ["/./", "", "/a", "a"]
    assert [escape("not_empty", path) for path in ("", "a", "/")] == ["./", "a", "/"]
    assert escape("url_word", "//h") == "%2F/h"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5, "5"),
        (" 5.5 ", "5.5"),
        ("5; url=/a b", "5;url=/a%20b"),
        ("0;URL='/a'", "0;url=/a%27"),
        ("1 /a", "1;url=/a"),
        ("1,", "1;url="),
        ("0;url=javascript:x", f"0;url={BLOCKED_URL}"),
        ("0;url=data:text/html,x", f"0;url={BLOCKED_URL}"),
        ("0;java\nscript:x", f"0;url={BLOCKED_URL}"),
        ("/a", ""),
        ("x5", ""),
        ("9" * 5000, ""),
    ],
)
def test_refreshes(value: object, written: str) -> None:
    assert escape("refresh", value) == written


@pytest.mark.parametrize(
    "value", [10, "0 0 10 10", "rgb(1, 2, 3); red", "#fff", "/a;https://h/", "translate(3)", ""]
)
def test_values_of_animations(value: object) -> None:
    assert escape("animation", value) == str(value)


@pytest.mark.parametrize("value", ["javascript:x", "1; java\tscript:x", ":x", "data:image/png,x"])
def test_animations_towards_code_are_blocked(value: str) -> None:
    assert escape("animation", value) == BLOCKED_URL


def test_urls_in_styles_keep_their_brackets_closed() -> None:
    assert escape("style_url", "/a'b(c);") == "/a%27b%28c%29%3B"
