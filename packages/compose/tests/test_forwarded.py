"""groundup_compose.forwarded: the grammar of RFC 7239, and what clients put in front of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_compose import ForwardedError
from groundup_compose.forwarded import (
    MAX_HOPS,
    Hop,
    Node,
    parse_forwarded,
    parse_networks,
    parse_node,
    read_forwarded,
    read_x_forwarded,
)

TOKEN_CHARACTERS = "abcXYZ019!#$%&'*+.^_`|~-"


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        pytest.param("", [], id="empty"),
        pytest.param('for="_gazonk"', [{"for": "_gazonk"}], id="hidden"),
        pytest.param(
            'For="[2001:db8:cafe::17]:4711"', [{"for": "[2001:db8:cafe::17]:4711"}], id="ipv6"
        ),
        pytest.param(
            "for=192.0.2.60;proto=http;by=203.0.113.43",
            [{"for": "192.0.2.60", "proto": "http", "by": "203.0.113.43"}],
            id="several-parameters",
        ),
        pytest.param(
            "for=192.0.2.43, for=198.51.100.17",
            [{"for": "192.0.2.43"}, {"for": "198.51.100.17"}],
            id="several-hops",
        ),
        pytest.param(r'for="a\"b\\c"', [{"for": r'a"b\c'}], id="quoted-pair"),
        pytest.param("for=a;;proto=b;", [{"for": "a", "proto": "b"}], id="empty-pairs"),
        pytest.param(" , for=a ,, ", [{"for": "a"}], id="empty-elements"),
        pytest.param('for=", ;="', [{"for": ", ;="}], id="quoted-separators"),
    ],
)
def test_the_examples_of_the_standard_are_read(value: str, elements: list[dict[str, str]]) -> None:
    assert parse_forwarded(value) == elements


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("192.0.2.1", id="no-name"),
        pytest.param("for", id="no-value"),
        pytest.param("for=", id="nothing"),
        pytest.param("for = a", id="blanks"),
        pytest.param("for=[::1]", id="ipv6-without-quotes"),
        pytest.param('for="a', id="open-quote"),
        pytest.param('for="a"b', id="behind-the-quote"),
        pytest.param("for=a;for=b", id="twice"),
        pytest.param("for=a\nfor=b", id="line-break"),
        # What a client sends to swallow the element that our proxy adds behind it.
        pytest.param('for="x, for=203.0.113.9', id="swallow"),
        pytest.param('for="x, for="[2001:db8::9]:1"', id="swallow-quoted"),
        pytest.param(r'for="x\", for="203.0.113.9"', id="swallow-escaped"),
    ],
)
def test_what_breaks_the_grammar_is_refused_as_a_whole(value: str) -> None:
    with pytest.raises(ForwardedError, match="Forwarded must"):
        parse_forwarded(value)


def test_the_last_hop_that_is_allowed_and_one_more() -> None:
    assert len(parse_forwarded(", ".join(["for=a"] * MAX_HOPS))) == MAX_HOPS
    with pytest.raises(ForwardedError, match=f"more than {MAX_HOPS}"):
        parse_forwarded(", ".join(["for=a"] * (MAX_HOPS + 1)))

    assert len(read_x_forwarded({"X-Forwarded-For": ",".join("a" * MAX_HOPS)})) == MAX_HOPS
    with pytest.raises(ForwardedError, match=f"more than {MAX_HOPS}"):
        read_x_forwarded({"X-Forwarded-For": ",".join("a" * (MAX_HOPS + 1))})


@pytest.mark.parametrize(
    "value", ["for=a" + " " * 200_000 + "x", 'for="' + "\\" * 200_001, " " * 200_000 + "="]
)
def test_hostile_values_take_linear_time(value: str) -> None:
    start = time.process_time()

    with pytest.raises(ForwardedError):
        parse_forwarded(value)

    assert time.process_time() - start < 2


@given(
    st.lists(
        st.dictionaries(
            st.text(TOKEN_CHARACTERS.lower(), min_size=1, max_size=8),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
            min_size=1,
            max_size=4,
        ),
        max_size=5,
    )
)
def test_any_elements_come_back_as_they_were_quoted(elements: list[dict[str, str]]) -> None:
    def quote(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    value = ", ".join(
        ";".join(f"{name}={quote(text)}" for name, text in element.items()) for element in elements
    )

    assert parse_forwarded(value) == elements


@given(st.text())
def test_any_text_is_read_or_refused(value: str) -> None:
    try:
        elements = parse_forwarded(value)
    except ForwardedError:
        elements = []

    assert all(element and all(element) for element in elements)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("203.0.113.9", Node("203.0.113.9")),
        ("203.0.113.9:4711", Node("203.0.113.9", 4711)),
        ("203.0.113.9:99999", Node("203.0.113.9")),
        ("[2001:db8::7]", Node("2001:db8::7")),
        ("[2001:db8::7]:80", Node("2001:db8::7", 80)),
        ("2001:DB8::7", Node("2001:db8::7")),
        ("::ffff:203.0.113.9", Node("203.0.113.9")),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
        ("203.0.113", None),
        ("203.0.113.9:", None),
        ("203.0.113.256", None),
        ("127.0.0.1 evil", None),
        ("[127.0.0.1]x", None),
    ],
)
def test_a_node_is_an_address_or_nothing(text: str, node: Node | None) -> None:
    assert parse_node(text) == node


def test_forwarded_is_a_list_of_hops() -> None:
    value = "for=203.0.113.9;proto=https;host=example.com, for=10.0.0.2"

    assert read_forwarded({"Forwarded": value}) == [
        Hop("203.0.113.9", "https", "example.com"),
        Hop("10.0.0.2"),
    ]
    assert read_forwarded({}) == []


@pytest.mark.parametrize(
    ("names", "schemes", "hops"),
    [
        pytest.param("a, b", "https, http", [Hop("a", "https"), Hop("b", "http")], id="pairs"),
        pytest.param("a, b", "https", [Hop("a", "https"), Hop("b", "https")], id="one-for-all"),
        pytest.param("a", "https, http", [Hop("a", "http")], id="the-last-is-ours"),
        pytest.param("a", None, [Hop("a")], id="names-alone"),
        pytest.param(None, "http, https", [Hop(None, "https")], id="scheme-alone"),
        pytest.param(",", " ", [], id="empty"),
    ],
)
def test_lists_of_their_own_are_put_together(
    names: str | None, schemes: str | None, hops: list[Hop]
) -> None:
    given = {"X-Forwarded-For": names, "X-Forwarded-Proto": schemes}

    fields = {name: value for name, value in given.items() if value is not None}

    assert read_x_forwarded(fields) == hops


@pytest.mark.parametrize("name", ["localhost", "10.0.0.1/8", "*", "", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a peer must be an address"):
        parse_networks([name])
