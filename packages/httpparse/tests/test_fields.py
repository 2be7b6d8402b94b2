"""groundup_httpparse.fields: RFC 9110, sections 5.6.6 and 12.4.2; RFC 8187."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import parse_parameters, parse_qualities


@pytest.mark.parametrize(
    ("value", "first", "parameters"),
    [
        pytest.param("text/html", "text/html", {}, id="none"),
        pytest.param(" Text/HTML ;Charset=UTF-8", "Text/HTML", {"charset": "UTF-8"}, id="case"),
        pytest.param('a;b="c;d, e"', "a", {"b": "c;d, e"}, id="quoted"),
        pytest.param(r'a;b="\"\\c\d"', "a", {"b": '"\\cd'}, id="escapes"),
        pytest.param('a;b="";c=1', "a", {"b": "", "c": "1"}, id="quoted-empty"),
        pytest.param("a ; b = c ; d\t=\te", "a", {"b": "c", "d": "e"}, id="spaces"),
        pytest.param("a;b=1;B=2", "a", {"b": "1"}, id="first-wins"),
        pytest.param("a;boundary=--=_x/:y", "a", {"boundary": "--=_x/:y"}, id="no-token"),
        pytest.param("a;n=v w", "a", {"n": "v w"}, id="space-inside"),
        pytest.param('a;b="c"d;e=f', "a", {"b": "c", "e": "f"}, id="after-quote"),
        pytest.param("", "", {}, id="empty"),
        pytest.param(";b=c", "", {"b": "c"}, id="nothing-first"),
    ],
)
def test_parameters(value: str, first: str, parameters: dict[str, str]) -> None:
    assert parse_parameters(value) == (first, parameters)


@pytest.mark.parametrize(
    "junk",
    [
        ";",
        ";;;",
        "b",
        "=c",
        "b=",
        'b="',
        'b="c',
        'b="c\\',
        'b="c\\"',
        "b c=d",
        "é=f",
        "b==",
        "\\",
        '"',
    ],
)
def test_junk_is_skipped(junk: str) -> None:
    first, parameters = parse_parameters(f"a;x=1;{junk}")

    assert first == "a"
    assert parameters.pop("x") == "1"
    assert parameters in ({}, {"b": "="})


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        pytest.param("a;n*=UTF-8''%e2%82%ac%20x", {"n*": "€ x"}, id="utf-8"),
        pytest.param("a;n*=iso-8859-1'en'%A3", {"n*": "£"}, id="latin-1"),
        pytest.param("a;n=x;n*=\"utf-8''%41\"", {"n": "x", "n*": "A"}, id="quoted"),
        pytest.param("a;n*=utf-8''it's", {"n*": "it's"}, id="apostrophe"),
        pytest.param("a;n*=koi8-r''%41;b=c", {"b": "c"}, id="unknown-charset"),
        pytest.param("a;n*=UTF-8''%ff;b=c", {"b": "c"}, id="not-utf-8"),
        pytest.param("a;n*=plain;b=c", {"b": "c"}, id="no-charset"),
    ],
)
def test_names_with_a_star_are_decoded(value: str, parameters: dict[str, str]) -> None:
    assert parse_parameters(value)[1] == parameters


@pytest.mark.parametrize(
    ("value", "items"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("gzip", [("gzip", 1.0)], id="one"),
        pytest.param("gzip;q=0.5, br", [("gzip", 0.5), ("br", 1.0)], id="order-written"),
        pytest.param(" , gzip ,, ", [("gzip", 1.0)], id="empty-items"),
        pytest.param("a ; Q = 0.25", [("a", 0.25)], id="spaces"),
        pytest.param("a;q=0, b;q=0.000, c;q=1.000", [("a", 0), ("b", 0), ("c", 1)], id="ends"),
        pytest.param("a;q=7, b;q=.5, c;q=1.", [("a", 1), ("b", 0.5), ("c", 1)], id="tolerated"),
        pytest.param("a;q=, b;q=x, c;q=-1, d;q=1e3, e;q=nan, f", [("f", 1.0)], id="no-number"),
        pytest.param("a;q=0.123456789", [("a", 0.123456789)], id="many-digits"),
        pytest.param("t/h;level=1;q=0.4, t/h", [("t/h;level=1", 0.4), ("t/h", 1)], id="parameters"),
        pytest.param('a;t="x, y;q=0";q=0.3, b', [('a;t="x, y;q=0"', 0.3), ("b", 1)], id="quotes"),
        pytest.param('a;t="x, b', [('a;t="x, b', 1.0)], id="open-quote"),
        pytest.param(";q=1, b", [("b", 1.0)], id="nothing-but-quality"),
    ],
)
def test_qualities(value: str, items: list[tuple[str, float]]) -> None:
    assert parse_qualities(value) == items


@given(st.text("ab;=\",\\* \t%'q01.é", max_size=40))
def test_no_value_raises(value: str) -> None:
    first, parameters = parse_parameters(value)

    assert ";" not in first
    assert all(name == name.lower() for name in parameters)
    assert all(0 <= quality <= 1 for _, quality in parse_qualities(value))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=30))
def test_what_is_quoted_is_read_back(text: str) -> None:
    quoted = text.replace("\\", r"\\").replace('"', r"\"")

    assert parse_parameters(f'a;b="{quoted}"; c=d') == ("a", {"b": text, "c": "d"})


@pytest.mark.parametrize(
    "piece", ['"', '\\"', ';a="', ';a="\\"', ";a=", ",", ', "', ";q=", "; ", "a*="]
)
def test_hostile_values_take_linear_time(piece: str) -> None:
    value = piece * (200_000 // len(piece))
    begin = time.perf_counter()

    parse_parameters(value)
    parse_qualities(value)

    assert time.perf_counter() - begin < 5
