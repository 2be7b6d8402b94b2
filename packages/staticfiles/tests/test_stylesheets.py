r"""groundup_staticfiles.stylesheets: what refers to a file, and what only looks like it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_staticfiles.stylesheets import find_file, find_references, rewrite_references


def urls(text: str) -> list[str]:
    return [url for _, _, url in find_references(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a { b: url(c.png) }", ["c.png"]),
        ("a { b: url( 'c d.png' ) }", ["c d.png"]),
        ('a { b: URL("c.png") }', ["c.png"]),
        ("@import 'a.css';", ["a.css"]),
        ('@IMPORT/* x */"a.css" screen;', ["a.css"]),
        ("@import url(a.css) layer(x);", ["a.css"]),
        ("@font-face { src: url(a.eot?#iefix), url(a.woff2) format('woff2') }", None),
        ("a { b: image-set('x.png' 1x, \"y.png\" type('image/png') 2x) }", ["x.png", "y.png"]),
        ("a { b: -webkit-image-set(url(x.png) 1x) }", ["x.png"]),
        (
            r"a { b: url(c\ d.png) url(\63 \29.png) url('e\
f') }",
            ["c d.png", "c).png", "ef"],
        ),
        (r"a { b: url('\110000 \0 \d800 ') }", ["\ufffd" * 3]),
        ("a{b:url(1.png)}c{d:url(2.png)}", ["1.png", "2.png"]),
        ("a { b: url() }", [""]),
    ],
)
def test_references_are_found(text: str, found: list[str] | None) -> None:
    assert urls(text) == (["a.eot?#iefix", "a.woff2"] if found is None else found)


@pytest.mark.parametrize(
    "text",
    [
        "/* url(c.png) @import 'a.css' */",
        "/* url(c.png)",
        "a { content: 'url(c.png)' }",
        'a { content: "/*" } /* url(c.png) */',
        "a { b: my-url(c.png) }",
        "a { b: url(c d.png) }",
        "a { b: url('c.png' }",
        "a { b: url(c'd.png) }",
        "a[href='x.png'] { }",
        "@imported 'a.css';",
        "@import x 'a.css';",
        "a { b: image-set(x('y.png')) }",
        "image-set() 'x.png'",
        r"a { b: \url(c.png) }",
        r"a { content: '\' url(c.png)' }",
        "url",
        "",
    ],
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert urls(text) == []


def test_what_is_broken_ends_with_its_line() -> None:
    assert urls("a { b: url('c.png\n) } d { e: url(f.png) }") == ["f.png"]
    assert urls("a { b: url(c d) url(f.png) }") == ["f.png"]


def test_only_references_are_rewritten() -> None:
    text = "@import 'a.css'; /* a.css */ b { c: url( a.css ) 'a.css' url(d) }"

    assert rewrite_references(text, {"a.css": "%41"}.get) == (
        "@import '%41'; /* a.css */ b { c: url( %41 ) 'a.css' url(d) }"
    )


@settings(deadline=None)
@given(st.text("url()'\"\\@import*/ -set{};\n\udc80é"))
def test_what_is_not_rewritten_stays_to_the_letter(text: str) -> None:
    assert rewrite_references(text, lambda url: None) == text


@settings(deadline=None)
@given(st.lists(st.text("aé'\"() \\\n1", min_size=1)))
def test_whatever_is_written_as_css_is_read_back(names: list[str]) -> None:
    escaped = ["".join(f"\\{ord(letter):x} " for letter in name) for name in names]
    text = "".join(f"a {{ b: url({name}) url('{name}') }}" for name in escaped)

    assert urls(text) == [name for name in names for _ in range(2)]


@pytest.mark.parametrize(
    "text",
    [
        *("url(" * 100_000, "url( " + " " * 300_000, "url(" + "a" * 300_000, 'url("' * 60_000),
        *('"' * 300_001, "/*" * 150_000, "(" * 300_000, ")" * 300_000, "\\" * 300_001),
        *("image-set(" * 30_000, "-" * 300_000, "@import " * 40_000, "\"'\n" * 100_000),
    ],
    ids=lambda text: repr(text[:10]),
)
def test_takes_linear_time(text: str) -> None:
    start = time.process_time()

    list(find_references(text))

    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("x.png", ("css/x.png", "", "")),
        ("./x.png", ("css/x.png", "./", "")),
        ("../img/x.png", ("img/x.png", "../img/", "")),
        ("a/../x.png?v=1#y", ("css/x.png", "a/../", "?v=1#y")),
        ("x.eot?#iefix", ("css/x.eot", "", "?#iefix")),
        ("caf%C3%A9%20x.png", ("css/café x.png", "", "")),
        ("/static/img/x.png", ("img/x.png", "/static/img/", "")),
        ("../../x.png", ("../x.png", "../../", "")),
        ("%ff.png", ("css/\udcff.png", "", "")),
    ],
)
def test_references_lead_to_files(url: str, found: tuple[str, str, str]) -> None:
    assert find_file("css/app.css", url, "/static/") == found


@pytest.mark.parametrize(
    "url",
    [
        *("", "#x", "?x", ".", "..", "../", "img/", "data:image/png;base64,AA==", "about:blank"),
        *("https://a.example/x.png", "//a.example/x.png", "/x.png", "/staticx.png", "HTTP:x"),
    ],
)
def test_what_is_not_ours_is_left_alone(url: str) -> None:
    assert find_file("css/app.css", url, "/static/") is None


def test_a_sheet_of_the_root_has_neighbours_too() -> None:
    assert find_file("app.css", "x.png", "/") == ("x.png", "", "")
    assert find_file("app.css", "/x.png", "/") == ("x.png", "/", "")
