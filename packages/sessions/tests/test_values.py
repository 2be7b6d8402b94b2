"""groundup_sessions.values: what comes out is what was put in, or it does not go in."""

import datetime as dt
import enum
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_sessions import ConfigurationError, InvalidValue, SessionLimits, SessionTooLarge
from groundup_sessions.values import decode_value, encode_value, encode_values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=200)
@given(JSON)
def test_every_json_value_comes_back(value: Any) -> None:
    text = encode_value("name", value)

    assert decode_value(text) == value
    assert text.isascii()


class Colour(enum.Enum):
    RED = 1


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param((1, 2), id="tuple"),
        pytest.param([1, (2,)], id="tuple-inside"),
        pytest.param({1: "x"}, id="int-key"),
        pytest.param({None: 1}, id="none-key"),
        pytest.param({"a": {True: 1}}, id="bool-key-inside"),
        pytest.param(math.nan, id="nan"),
        pytest.param([math.inf], id="infinity"),
        pytest.param({1, 2}, id="set"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param(dt.datetime(2024, 1, 1, tzinfo=dt.UTC), id="datetime"),
        pytest.param(Colour.RED, id="enum"),
        pytest.param(object(), id="object"),
        pytest.param(10**5000, id="endless-int"),
    ],
)
def test_what_would_come_back_as_something_else_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InvalidValue, match="value of 'cart' must be made of dict"):
        encode_value("cart", value)


def test_a_value_without_a_floor_is_refused() -> None:
    value = deep()

    with pytest.raises(InvalidValue):
        encode_value("cart", value)

    while value:  # taken apart one by one: Python 3.11 frees such a thing by recursion
        value = value.pop()


def test_an_error_does_not_show_the_value() -> None:
    with pytest.raises(InvalidValue) as caught:
        encode_value("card", ("4111 1111",))

    assert "4111" not in str(caught.value)


@pytest.mark.parametrize(("name", "accepted"), [
    ("", False), ("x", True), ("x" * 128, True), ("x" * 129, False), ("\ud800", False),
    (7, False), (None, False), ("a.b c", True), (":e", True), ("=x", True),
], ids=range(10))  # fmt: skip
def test_a_name_is_a_short_text(name: Any, *, accepted: bool) -> None:
    if accepted:
        assert encode_values({name: 1}, SessionLimits()) == {name: "1"}
    else:
        with pytest.raises(InvalidValue, match="name of a value must be"):
            encode_values({name: 1}, SessionLimits())


def test_the_number_of_values_is_held_at_its_edge() -> None:
    limits = SessionLimits(max_keys=2)

    limits.check({"a": "1", "b": "2"})
    with pytest.raises(SessionTooLarge, match="at most 2 values, got 3"):
        limits.check({"a": "1", "b": "2", "c": "3"})


def test_the_size_is_held_at_its_edge_and_counts_names_in_bytes() -> None:
    limits = SessionLimits(max_size=6)

    limits.check({"é": "1234"})
    with pytest.raises(SessionTooLarge, match="at most 6 bytes, got 7"):
        limits.check({"é": "12345"})


@pytest.mark.parametrize("name", ["max_keys", "max_name", "max_size", "max_sessions"])
def test_limits_that_allow_nothing_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="at least 1"):
        SessionLimits(**{name: 0})
