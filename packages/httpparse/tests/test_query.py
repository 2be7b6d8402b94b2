"""groundup_httpparse.query: application/x-www-form-urlencoded, and urllib as the other opinion."""

import time
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import ParseError, format_query, parse_query


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")], id="repeated"),
        pytest.param("a+b=c+d", [("a b", "c d")], id="plus"),
        pytest.param("a=1%2B1&b=%26%3D", [("a", "1+1"), ("b", "&=")], id="escapes"),
        pytest.param("caf%C3%A9=%e2%82%ac", [("café", "€")], id="utf-8"),
        pytest.param("a=%FF%zz%", [("a", "\ufffd%zz%")], id="not-utf-8"),
        pytest.param("a&b=&=c&=", [("a", ""), ("b", ""), ("", "c"), ("", "")], id="half-pairs"),
        pytest.param("&&a=1&&", [("a", "1")], id="empty-pieces"),
        pytest.param("a=b=c;d", [("a", "b=c;d")], id="only-first-equals"),
        pytest.param("a=\u20ac+x", [("a", "€ x")], id="not-encoded"),
        pytest.param("a=%00", [("a", "\0")], id="nul"),
        pytest.param("a%26=%3d%3D&b", [("a&", "=="), ("b", "")], id="escaped-separators"),
        pytest.param("é%26=\u0126%3D", [("é&", "\u0126=")], id="separators-beside-others"),
        pytest.param("%C4%A6=\u013d", [("\u0126", "\u013d")], id="what-marks-them-inside"),
        pytest.param(
            r"a=\x41%20\u0126\N{DIGIT ONE}\\&b=\%41\n",
            [("a", r"\x41 \u0126\N{DIGIT ONE}\\"), ("b", r"\A\n")],
            id="backslashes-are-no-escapes",
        ),
        pytest.param(r"a=%\x41%2", [("a", r"%\x41%2")], id="backslash-after-percent"),
        pytest.param("a=%&4=1&%=6", [("a", "%"), ("4", "1"), ("%", "6")], id="no-escape-over-two"),
    ],
)
def test_decodes_like_a_browser(query: str, pairs: list[tuple[str, str]]) -> None:
    assert parse_query(query).multi_items() == pairs
    assert parse_query(query.encode()).multi_items() == pairs


def test_bytes_need_not_be_utf_8() -> None:
    assert parse_query(b"a=\xff%41").multi_items() == [("a", "\ufffdA")]


def test_number_of_fields_has_a_limit() -> None:
    assert len(parse_query("&".join(f"a{n}" for n in range(1000)))) == 1000
    assert len(parse_query("a&b&&&&", max_fields=2)) == 2

    with pytest.raises(ParseError, match="not have more than 1000 fields, got 1001") as caught:
        parse_query("a&" * 1001)
    assert caught.value.status == 413


def test_formats_mappings_and_pairs() -> None:
    assert format_query({"a": "1 & 2", "é": "~*-._"}) == "a=1+%26+2&%C3%A9=%7E*-._"
    assert format_query([("a", "1"), ("a", "2")]) == "a=1&a=2"
    assert format_query({}) == ""


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_what_is_formatted_is_parsed_back(pairs: list[tuple[str, str]]) -> None:
    assert parse_query(format_query(pairs)).multi_items() == pairs
    assert parse_query(urlencode(pairs)).multi_items() == pairs


PIECES = [
    *("%26", "%3D", "%3d", "%2B", "%25", "%C3%A9", "%c3", "%FF", "%00", "%4", "%%", "%0D%0A"),
    *(
        "%1E",
        "%1f",
        "\x1e",
        "\x1f",
        "\r",
        "\n",
        "%\n",
        "%\r\nb",
        "=41",
        "\xff",
        "€",
        "_",
        "==",
        "%=41",
    ),
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from("ab=&+%41é"))).map("".join))
def test_reads_what_the_standard_library_reads(query: str) -> None:
    expected = parse_qsl(query, keep_blank_values=True, errors="replace")

    assert parse_query(query).multi_items() == expected


def test_long_queries_take_linear_time() -> None:
    begin = time.perf_counter()

    parse_query("a=" + "%41+" * 200_000)
    parse_query("%26=%3D&" * 100_000, max_fields=100_000)

    assert time.perf_counter() - begin < 5
