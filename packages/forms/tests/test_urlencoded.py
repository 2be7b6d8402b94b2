"""groundup_forms.urlencoded: the rules of WHATWG URL, section 5.1."""

import io
import time
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import FormError, FormLimits, parse_urlencoded
from groundup_forms.urlencoded import check_size


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        ("", []),
        ("&&", []),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1&&b=2&", [("a", "1"), ("b", "2")]),
        ("a", [("a", "")]),
        ("=", [("", "")]),
        ("a=b=c", [("a", "b=c")]),
        ("a+b=c+d", [("a b", "c d")]),
        ("a=%2B%26%3D", [("a", "+&=")]),
        ("a=%", [("a", "%")]),
        ("a=%4", [("a", "%4")]),
        ("a=%zz", [("a", "%zz")]),
        ("a=%C3%A9", [("a", "é")]),
        ("a=é", [("a", "é")]),
        ("a=%E9", [("a", "\ufffd")]),
        ("a;b=1", [("a;b", "1")]),
        ("tag=x&tag=y", [("tag", "x"), ("tag", "y")]),
    ],
)
def test_follows_the_rules(body: str, pairs: list[tuple[str, str]]) -> None:
    assert parse_urlencoded(body).multi_items() == pairs
    assert parse_urlencoded(body.encode()).multi_items() == pairs
    assert parse_urlencoded(io.BytesIO(body.encode())).multi_items() == pairs


def test_charset_of_the_caller() -> None:
    assert parse_urlencoded(b"a=%E9&b=\xe9", charset="iso-8859-1").to_dict() == {"a": "é", "b": "é"}
    with pytest.raises(FormError, match="charset") as caught:
        parse_urlencoded(b"", charset="utf-7")
    assert caught.value.status == 415


def test_charset_that_the_browser_filled_in() -> None:
    fields = parse_urlencoded(b"a=%E9&_charset_=windows-1252")

    assert fields.to_dict() == {"a": "é", "_charset_": "windows-1252"}


@pytest.mark.parametrize("charset", ["utf-8", "", "utf-7", "klingon"])
def test_a_charset_field_that_names_none_is_a_field_like_others(charset: str) -> None:
    assert parse_urlencoded(f"a=%C3%A9&_charset_={charset}")["a"] == "é"


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    assert parse_urlencoded(urlencode(pairs)).multi_items() == pairs


@given(st.text("a=&+%4E9é\0"))
def test_agrees_with_the_standard_library_on_any_text(text: str) -> None:
    expected = parse_qsl(text, keep_blank_values=True)

    assert parse_urlencoded(text).multi_items() == expected


@given(st.binary())
def test_any_bytes_are_a_form(data: bytes) -> None:
    pieces = [piece for piece in data.split(b"&") if piece]

    assert len(parse_urlencoded(data).multi_items()) == len(pieces)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
@pytest.mark.parametrize(
    ("limits", "body", "name"),
    [
        ({"max_fields": 2}, "a=1&&&b=2&", None),
        ({"max_fields": 1}, "a=1&b=2", "max_fields"),
        ({"max_fields": 1}, "&&&", "max_fields"),
        ({"max_name": 4}, "name=1", None),
        ({"max_name": 3}, "name=1", "max_name"),
        ({"max_field": 4}, "a=%61%61%61%61", None),
        ({"max_field": 3}, "a=%61%61%61%61", "max_field"),
        ({"max_field_total": 6}, "a=12&b=34", None),
        ({"max_field_total": 5}, "a=12&b=34", "max_field_total"),
        ({"max_field_total": 1, "max_fields": 1}, "a%=12345", "max_field_total"),
    ],
)
def test_every_limit_has_its_edge(
    limits: dict[str, int], body: str, name: str | None, charset: str
) -> None:
    if name is None:
        assert parse_urlencoded(body, FormLimits(**limits), charset=charset)
        return
    with pytest.raises(FormError, match=rf"\({name}\)") as caught:
        parse_urlencoded(body, FormLimits(**limits), charset=charset)
    assert caught.value.status == 413


def test_sizes_are_bytes_and_not_characters() -> None:
    body = "é=" + quote_plus("😀")

    assert parse_urlencoded(body, FormLimits(max_name=2, max_field=4))
    for limits in (FormLimits(max_name=1), FormLimits(max_field=3)):
        with pytest.raises(FormError):
            parse_urlencoded(body, limits)


def test_a_file_is_not_read_further_than_the_limit() -> None:
    file = io.BytesIO(b"a" * 1000)

    with pytest.raises(FormError, match="max_field_total"):
        parse_urlencoded(file, FormLimits(max_field_total=10, max_fields=10))

    assert file.tell() == 3 * 10 + 2 * 10 + 1


def test_size_can_be_checked_before_all_is_there() -> None:
    limits = FormLimits(max_field_total=10, max_fields=10)
    check_size(50, 20, limits)

    with pytest.raises(FormError, match="max_field_total"):
        check_size(51, 0, limits)
    with pytest.raises(FormError, match="max_fields"):
        check_size(0, 21, limits)


@pytest.mark.parametrize("unit", ["a=1&", "%", "+", "%zz", "=&", "%C3"])
def test_hostile_bodies_take_linear_time(unit: str) -> None:
    limits = FormLimits(max_fields=10**6, max_field=10**7, max_name=10**7)
    body = unit * (1_000_000 // len(unit))
    started = time.process_time()

    parse_urlencoded(body, limits)

    assert time.process_time() - started < 2
