"""groundup_httpparse.headers: RFC 9110, section 5, and decision 0008."""

import copy
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import HeaderError, Headers

PAIRS = [("Accept", "text/html"), ("X-A", "1"), ("ACCEPT", "text/plain")]


@pytest.fixture(params=["written", "trusted", "copied", "copy-of-mapping"])
def headers(request: pytest.FixtureRequest) -> Headers:
    """The same fields, made in every way."""
    match request.param:
        case "written":
            return Headers(PAIRS)
        case "trusted":
            return Headers.from_trusted(list(PAIRS))
        case "copied":
            return Headers(PAIRS).copy()
        case _:
            return Headers(Headers(PAIRS))


def test_names_are_found_whatever_their_case(headers: Headers) -> None:
    assert headers["x-a"] == headers["X-A"] == headers.get("x-A") == "1"
    assert "x-a" in headers
    assert "X-B" not in headers
    assert 5 not in headers  # type: ignore[comparison-overlap]  # as in every mapping


def test_repeated_fields_are_joined(headers: Headers) -> None:
    assert headers["accept"] == "text/html, text/plain"
    assert headers.getlist("Accept") == ["text/html", "text/plain"]


def test_cookies_are_joined_by_semicolons_and_set_cookies_are_not_joined() -> None:
    headers = Headers(
        [("Cookie", "a=1"), ("Set-Cookie", "x=1"), ("cookie", "b=2"), ("set-cookie", "y=2")]
    )

    assert headers["Cookie"] == "a=1; b=2"
    assert headers["Set-Cookie"] == "x=1"
    assert headers.getlist("Set-Cookie") == ["x=1", "y=2"]


def test_what_is_missing_is_none_or_the_default(headers: Headers) -> None:
    assert headers.get("missing") is None
    assert headers.get("missing", "x") == "x"
    assert headers.get("missing", 5) == 5
    assert headers.getlist("missing") == []
    with pytest.raises(KeyError):
        headers["missing"]
    with pytest.raises(KeyError):
        del headers["missing"]


def test_order_and_spelling_are_kept(headers: Headers) -> None:
    assert headers.multi_items() == PAIRS
    assert list(headers) == ["Accept", "X-A"]
    assert len(headers) == 2
    assert dict(headers) == {"Accept": "text/html, text/plain", "X-A": "1"}
    assert repr(headers) == f"Headers({PAIRS!r})"


def test_assigning_replaces_at_the_first_place(headers: Headers) -> None:
    headers["accept"] = "*/*"

    assert headers.multi_items() == [("accept", "*/*"), ("X-A", "1")]
    assert headers["Accept"] == "*/*"


def test_assigning_a_new_name_appends(headers: Headers) -> None:
    headers["X-B"] = "2"

    assert headers.multi_items() == [*PAIRS, ("X-B", "2")]
    assert headers["x-b"] == "2"


def test_adding_keeps_what_was_there(headers: Headers) -> None:
    headers.add("x-a", "2")
    headers.add("X-New", "3")

    assert headers["X-A"] == "1, 2"
    assert headers.multi_items()[-2:] == [("x-a", "2"), ("X-New", "3")]
    assert headers["x-new"] == "3"


def test_deleting_removes_every_line(headers: Headers) -> None:
    del headers["aCCept"]

    assert headers.multi_items() == [("X-A", "1")]
    assert "Accept" not in headers


def test_it_is_a_mutable_mapping(headers: Headers) -> None:
    assert isinstance(headers, MutableMapping)
    assert headers.setdefault("x-a", "9") == "1"
    assert headers.setdefault("X-C", "9") == "9"
    assert headers.pop("X-C") == "9"
    assert headers.pop("X-C", None) is None
    headers.update({"X-D": "1"}, X="2")
    assert (headers["x-d"], headers["x"]) == ("1", "2")
    headers.clear()
    assert not headers


def test_copies_go_their_own_ways(headers: Headers) -> None:
    first, second = headers.copy(), copy.copy(headers)
    assert first["x-a"] == "1"

    first["X-A"] = "first"
    headers.add("X-A", "2")
    del second["X-A"]

    assert (first["X-A"], headers["X-A"], "X-A" in second) == ("first", "1, 2", False)
    assert copy.deepcopy(headers) == headers


def test_equality_is_about_names_and_their_values(headers: Headers) -> None:
    assert headers == Headers([("x-a", "1"), ("accept", "text/html"), ("accept", "text/plain")])
    assert headers != Headers([("x-a", "1"), ("accept", "text/plain"), ("accept", "text/html")])
    assert Headers({"X-A": "1"}) == {"X-A": "1"}
    assert headers != 5
    with pytest.raises(TypeError, match="unhashable"):
        hash(headers)


def test_trusted_list_is_taken_over_without_a_copy() -> None:
    pairs = [("X-A", "1")]

    headers = Headers.from_trusted(pairs)
    headers.add("X-B", "2")

    assert pairs == [("X-A", "1"), ("X-B", "2")]


@pytest.mark.parametrize("look_first", [True, False])
def test_a_line_is_inserted_into_a_copy(headers: Headers, *, look_first: bool) -> None:
    assert not look_first or len(headers) == 2

    new = headers.insert_trusted(1, "Cookie", "a=1")
    same = headers.insert_trusted(0, "ACCEPT", "image/png")

    assert new.multi_items() == [PAIRS[0], ("Cookie", "a=1"), *PAIRS[1:]]
    assert (new["cookie"], list(new)) == ("a=1", ["Accept", "Cookie", "X-A"])
    assert same["Accept"] == "image/png, text/html, text/plain"
    assert headers.multi_items() == PAIRS


def test_lowered_is_the_index() -> None:
    headers = Headers(PAIRS)

    assert headers.lowered() == {"accept": "text/html, text/plain", "x-a": "1"}
    headers.add("X-A", "2")
    assert headers.lowered()["x-a"] == "1, 2"


def test_pairs_are_the_lines_and_may_be_shared() -> None:
    headers = Headers(PAIRS)
    copied = headers.copy()

    assert headers.pairs() == tuple(PAIRS)
    assert headers.pairs() is copied.pairs()
    headers.add("X-A", "2")
    assert headers.pairs() == (*PAIRS, ("X-A", "2"))
    assert copied.pairs() == tuple(PAIRS)


def test_defaults_fill_what_is_missing() -> None:
    defaults = Headers([("Content-Type", "a/b"), ("Vary", "A"), ("vary", "B"), ("X-A", "no")])
    headers, untouched = Headers(PAIRS), Headers(PAIRS)
    shared = headers.copy()

    headers.fill(defaults)

    assert headers.multi_items() == [
        *PAIRS,
        *[("Content-Type", "a/b"), ("Vary", "A"), ("vary", "B")],
    ]
    assert headers["vary"] == "A, B"
    assert shared == untouched
    headers.fill(defaults)
    assert len(headers.multi_items()) == len(PAIRS) + 3


WRITERS: list[Callable[[Headers, Any, Any], object]] = [
    lambda headers, name, value: headers.__setitem__(name, value),
    lambda headers, name, value: headers.add(name, value),
    lambda headers, name, value: headers.setdefault(name, value),
    lambda headers, name, value: headers.update({name: value}),
    lambda headers, name, value: Headers([(name, value)]),
    lambda headers, name, value: Headers({name: value}),
]


@pytest.mark.parametrize(
    "write", WRITERS, ids=["set", "add", "default", "update", "pairs", "mapping"]
)
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param("", "v", "must be a token", id="no-name"),
        pytest.param("X A", "v", "must be a token", id="space"),
        pytest.param("X:", "v", "must be a token", id="colon"),
        pytest.param("X\r\nY", "v", "must be a token", id="name-crlf"),
        pytest.param("Xé", "v", "must be a token", id="name-not-ascii"),
        pytest.param("X", "a\r\nY: b", "one line", id="crlf"),
        pytest.param("X", "a\r", "one line", id="cr"),
        pytest.param("X", "a\n", "one line", id="lf"),
        pytest.param("X", "a\0", "one line", id="nul"),
        pytest.param("X", "a\x1b[2J", "one line", id="escape"),
        pytest.param("X", "a\x7f", "one line", id="delete"),
        pytest.param("X", "€", "ISO-8859-1.*percent-encode", id="not-latin-1"),
        pytest.param("X", "\ud800", "ISO-8859-1", id="surrogate"),
    ],
)
def test_what_would_break_the_line_is_refused(
    write: Callable[[Headers, str, str], object], name: str, value: str, message: str
) -> None:
    headers = Headers(PAIRS)

    with pytest.raises(HeaderError, match=message):
        write(headers, name, value)
    assert headers.multi_items() == PAIRS


@pytest.mark.parametrize(
    ("name", "value"), [(b"X", "v"), ("X", b"v"), ("X", 5)], ids=["name", "bytes", "number"]
)
def test_only_text_can_be_written(name: Any, value: Any) -> None:
    for write in WRITERS:
        with pytest.raises(TypeError, match="must be a str, got"):
            write(Headers(), name, value)


def test_tabs_and_latin_1_may_be_written() -> None:
    assert Headers({"X": "a\tb\xa0é\xff"})["x"] == "a\tb\xa0é\xff"


NAMES = st.sampled_from(["A", "a", "B", "b", "Cookie", "set-cookie"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "add", "del", "copy", "look"]), NAMES, st.text("xy", max_size=2)
    ),
    max_size=12,
)


@given(STEPS)
def test_the_index_always_says_what_the_list_says(steps: list[tuple[str, str, str]]) -> None:
    headers = Headers.from_trusted([("A", "1"), ("b", "2")])
    for step, name, value in steps:
        match step:
            case "set":
                headers[name] = value
            case "add":
                headers.add(name, value)
            case "del":
                headers.pop(name, None)
            case "copy":
                headers = headers.copy()
            case _:
                headers.get(name)

        fresh = Headers.from_trusted(headers.multi_items())
        assert headers.lowered() == fresh.lowered()
        assert list(headers) == list(fresh)


def test_what_shares_fields_changes_only_its_own() -> None:
    kept = Headers({"A": "1"}).copy()
    shared = kept.share()

    shared["B"] = "2"

    assert kept == Headers({"A": "1"})
    assert shared == Headers({"A": "1", "B": "2"})
