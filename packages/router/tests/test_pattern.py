"""groundup_router.pattern: the language of patterns, and what is refused with a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_router import Converter, PatternError, parse_pattern
from groundup_router.segments import Mixed, Param, Static, Wildcard


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("/", [Static("")], id="root"),
        pytest.param("/a/b", [Static("a"), Static("b")], id="static"),
        pytest.param("/a/", [Static("a"), Static("")], id="slash-at-the-end"),
        pytest.param("/:id", [Param("id")], id="plain"),
        pytest.param("/*", [Wildcard()], id="wildcard"),
        pytest.param("/a/*rest", [Static("a"), Wildcard("rest")], id="named-wildcard"),
        pytest.param("/:rest<path>", [Wildcard("rest")], id="path-converter"),
        pytest.param("/a::b", [Static("a:b")], id="colon"),
        pytest.param("/café menu", [Static("café menu")], id="as-people-write"),
        pytest.param("/100%", [Static("100%")], id="percent"),
        pytest.param(
            "/:name.:ext", [Mixed((Param("name"), Static("."), Param("ext")))], id="mixed"
        ),
        pytest.param(
            "/a:::id", [Mixed((Static("a:"), Param("id")))], id="colon-before-a-parameter"
        ),
    ],
)
def test_reads(text: str, segments: list[object]) -> None:
    assert list(parse_pattern(text).segments[1:]) == segments


@pytest.mark.parametrize(
    "text",
    [r"/:id(\d+)", r"/:id([)/]x)", r"/:id(\))/b", r"/v:id((?:a|b))-:x<int>", "/:id([]()]+)"],
)
def test_a_regular_expression_ends_where_its_parenthesis_does(text: str) -> None:
    assert "/".join(map(str, parse_pattern(text).segments)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "must start with '/'", id="empty"),
        pytest.param("a", "must start with '/'", id="no-slash"),
        pytest.param("/a//b", "must not be empty", id="empty-segment"),
        pytest.param("//", "must not be empty", id="two-slashes"),
        pytest.param("/:", "followed by a name", id="no-name"),
        pytest.param("/:1", "followed by a name", id="digit"),
        pytest.param("/:a/:a", "got 'a' twice", id="same-name"),
        pytest.param("/:a:b", "text between them", id="adjacent"),
        pytest.param("/:a.:b.:c.:d", "at most 3 parameters", id="too-many-in-one"),
        pytest.param("/*/a", "must come last", id="wildcard-inside"),
        pytest.param("/:a<path>/b", "must come last", id="path-inside"),
        pytest.param("/a*", "whole segment", id="wildcard-behind-text"),
        pytest.param("/*a.b", "whole segment", id="wildcard-before-text"),
        pytest.param("/:a<nope>", "one of date, int, path, slug, uuid, got 'nope'", id="converter"),
        pytest.param("/:a<int", "written as <name>", id="open-converter"),
        pytest.param(r"/:a(\d", "must be closed: it opens at character 4", id="open-regex"),
        pytest.param("/:a(\\", "must be closed", id="escape-at-the-end"),
        pytest.param("/caf%C3%A9", "write the character itself", id="escaped"),
        pytest.param("/{id}", "write :name", id="braces"),
        pytest.param("/<id>", "write :name<int>", id="angles"),
        pytest.param("/a?b", r"must not have '\?'", id="query"),
        pytest.param("/a#b", "must not have '#'", id="fragment"),
        pytest.param("/a\nb", "must not have", id="newline"),
        pytest.param("/../a", "which clients remove", id="dots"),
        pytest.param("/" + "a" * 2048, "at most 2048 characters, got 2049", id="long"),
        pytest.param("/a" * 64, "at most 64 segments, got 65", id="deep"),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(PatternError, match=message) as caught:
        parse_pattern(text)

    assert caught.value.pattern == text


def test_limits_are_reached() -> None:
    assert parse_pattern("/" + "a" * 2047).is_static
    assert len(parse_pattern("/a" * 63).segments) == 64
    assert parse_pattern("/:a.:b.:c").names == ("a", "b", "c")


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(PatternError, match="at character 6 of '/abc/:'") as caught:
        parse_pattern("/abc/:")

    assert caught.value.offset == 5


def test_own_converters_are_known_by_name() -> None:
    (_, param) = parse_pattern("/:n<hex>", {"hex": Converter(lambda text: int(text, 16))}).segments

    assert isinstance(param, Param)
    assert param.parse("ff") == 255


@given(st.text("/:*.<>()ab\\[]{}?%0é", max_size=30))
def test_a_pattern_is_read_or_refused(text: str) -> None:
    try:
        pattern = parse_pattern("/" + text)
    except PatternError:
        return
    again = parse_pattern("/".join(map(str, pattern.segments)))
    assert again.segments == pattern.segments or "(" in text  # converters of regexes differ
