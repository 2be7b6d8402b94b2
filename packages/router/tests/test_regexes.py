"""groundup_router.regexes: expressions that fit whole segments, and those that would never end."""

import time

import pytest

from groundup_router import PatternError
from groundup_router.regexes import regex_converter


def test_fits_the_whole_text_only() -> None:
    converter = regex_converter(r"\d+|x")

    assert converter.parse("42") == "42"
    for text in ("42a", "a42", "42\n", "xx"):
        with pytest.raises(ValueError, match=r"must match \\d\+\|x"):
            converter.parse(text)


def test_sees_no_more_than_255_characters() -> None:
    converter = regex_converter("a+")

    assert converter.parse("a" * 255)
    with pytest.raises(ValueError, match="must match"):
        converter.parse("a" * 256)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[a", "must be valid", id="broken"),
        pytest.param("a{99999999999}", "must be valid", id="huge-count"),
        pytest.param("(a)b", "must not capture", id="group"),
        pytest.param("(?P<x>a)", "must not capture", id="named-group"),
        pytest.param("a+b+c+d+", "at most 3", id="four-repeats"),
        pytest.param("(?:a+)+", "inside another", id="classic"),
        pytest.param("(?:a*)*", "inside another", id="stars"),
        pytest.param("(?:a|a)*", "inside another", id="alternatives"),
        pytest.param(r"(?:\w+\s?)*", "inside another", id="words"),
        pytest.param(r"(?:a\w+)*", "inside another", id="begins-with-what-follows"),
        pytest.param(r"(?:A(?i:a)+)*", "inside another", id="case"),
        pytest.param("(?:(?:a+){1,})", "inside another", id="braces"),
        pytest.param("(?:-?a+)*", "inside another", id="optional-separator"),
        pytest.param("(?:[^)]+)+", "inside another", id="class-with-parenthesis"),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        regex_converter(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(r"[a-z]+(?:-[a-z]+)*", "a-b-c", id="slug"),
        pytest.param(r"\d+(?:\.\d+)*", "1.2.3", id="version"),
        pytest.param("(?:a+)*+", "aaa", id="possessive"),
        pytest.param("(?:ab)+", "abab", id="no-inner-repeat"),
        pytest.param("(?:a|b)", "b", id="alternatives-once"),
        pytest.param(r"\(\+\*\)", "(+*)", id="escapes"),
        pytest.param(r"[]+*)(]+", ")+*", id="class"),
        pytest.param(r"[^]a]{2,4}", "bcd", id="bounded"),
        pytest.param(r"(?=a).+", "ab", id="lookahead"),
    ],
)
def test_allows(text: str, value: str) -> None:
    assert regex_converter(text).parse(value) == value


def test_the_worst_that_is_allowed_ends_soon() -> None:
    converter = regex_converter(r"\d*\d*\d*x")
    start = time.process_time()

    with pytest.raises(ValueError, match="must match"):
        converter.parse("1" * 255)

    assert time.process_time() - start < 2
