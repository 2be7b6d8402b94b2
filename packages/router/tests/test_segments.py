"""groundup_router.segments: what each kind takes, and in which order they are tried."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from groundup_router import CONVERTERS
from groundup_router.segments import Mixed, Param, Segment, Static, Wildcard

NAME, EXT, ID = Param("name"), Param("ext"), Param("id", CONVERTERS["int"], "<int>")


def test_keys_sort_in_the_order_of_trying() -> None:
    segments: list[Segment] = [
        Static("a"),
        ID,
        Mixed((NAME, Static(".tar."), EXT)),
        Mixed((NAME, Static("."), EXT)),
        NAME,
        Wildcard("x"),
    ]

    assert sorted(segments, key=lambda segment: segment.key) == segments


def test_names_do_not_tell_segments_apart() -> None:
    assert Param("a").key == Param("b").key
    assert Mixed((Param("a"), Static("."))).key == Mixed((Param("b"), Static("."))).key
    assert Wildcard().key == Wildcard("rest").key


def test_text_that_looks_like_a_parameter_is_told_apart_from_one() -> None:
    assert Mixed((Static("::"), NAME)).key != Mixed((Static(":"), NAME)).key
    assert str(Static("a:b")) == "a::b"


@pytest.mark.parametrize(
    ("parts", "text", "values"),
    [
        pytest.param((NAME, Static("."), EXT), "a.tar.gz", ("a.tar", "gz"), id="greedy"),
        pytest.param((NAME, Static("."), EXT), "a..", ("a", "."), id="leaves-one"),
        pytest.param((NAME, Static("."), EXT), "...", (".", "."), id="dots"),
        pytest.param((Static("v"), ID), "v7", (7,), id="prefix"),
        pytest.param((ID, Static("-x")), "7-x", (7,), id="suffix"),
        pytest.param((Static("a"), NAME, Static("a")), "aaa", ("a",), id="both-ends"),
    ],
)
def test_mixed_takes(parts: tuple[Static | Param, ...], text: str, values: object) -> None:
    assert Mixed(parts).parse(text) == values


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param((NAME, Static("."), EXT), ".b", id="nothing-before"),
        pytest.param((NAME, Static("."), EXT), "a.", id="nothing-behind"),
        pytest.param((NAME, Static("."), EXT), "ab", id="no-text"),
        pytest.param((Static("a"), NAME, Static("a")), "aa", id="nothing-between"),
        pytest.param((Static("a"), NAME, Static("a")), "a", id="overlap"),
        pytest.param((Static("v"), ID), "vx", id="converter-says-no"),
        pytest.param((Static("v"), ID), "w7", id="other-prefix"),
        pytest.param((NAME, Static(".")), ".", id="suffix-only"),
    ],
)
def test_mixed_does_not_take(parts: tuple[Static | Param, ...], text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Mixed(parts).parse(text)


SHAPES = st.lists(st.sampled_from(["a", "b", "aa", "ab"]), min_size=1, max_size=3)


@given(SHAPES, st.booleans(), st.booleans(), st.text("ab", max_size=12))
def test_mixed_divides_as_a_greedy_expression_does(
    texts: list[str], first: bool, last: bool, text: str
) -> None:
    parts: list[Static | Param] = [NAME] if first else []
    for literal in texts:
        parts += [Static(literal), Param("x")]
    if not last:
        parts.pop()
    assume(any(isinstance(part, Param) for part in parts))
    regex = "".join(part.text if isinstance(part, Static) else "(.+)" for part in parts)
    expected = re.fullmatch(regex, text, re.DOTALL)
    try:
        found = Mixed(tuple(parts)).parse(text)
    except ValueError:
        assert expected is None
    else:
        assert expected is not None
        assert found == expected.groups()


def test_a_long_text_takes_linear_time() -> None:
    mixed = Mixed((NAME, Static("."), EXT, Static("."), Param("c"), Static("x")))

    with pytest.raises(ValueError, match="look like"):
        mixed.parse("." * 100_000)
