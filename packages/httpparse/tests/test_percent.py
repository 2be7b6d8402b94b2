"""groundup_httpparse.percent: RFC 3986, section 2.1."""

import time
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import percent_decode, percent_encode


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("plain", b"plain"),
        ("caf%C3%A9", "café".encode()),
        ("caf%c3%a9", "café".encode()),
        ("%2525", b"%25"),
        ("%", b"%"),
        ("%4", b"%4"),
        ("%zz%41", b"%zzA"),
        ("%%41", b"%A"),
        ("+", b"+"),
        ("é", "é".encode()),
        ("%00", b"\0"),
    ],
)
def test_decodes_what_is_an_escape_and_leaves_the_rest(text: str, data: bytes) -> None:
    assert percent_decode(text) == data


def test_decodes_bytes_as_they_are() -> None:
    assert percent_decode(b"\xff%41") == b"\xffA"


def test_encodes_all_but_unreserved_and_safe_characters() -> None:
    assert percent_encode("a-b._~/?") == "a-b._~%2F%3F"
    assert percent_encode("a/b?", safe="/") == "a/b%3F"
    assert percent_encode(b"\xff") == "%FF"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encoded_is_decoded_back(text: str) -> None:
    assert percent_decode(percent_encode(text)).decode() == text
    assert percent_encode(text) == quote(text, safe="")


@given(st.text("%0aAfFgG+é", max_size=30))
def test_decodes_like_the_standard_library(text: str) -> None:
    assert percent_decode(text) == unquote_to_bytes(text)


def test_many_escapes_take_linear_time() -> None:
    begin = time.perf_counter()

    assert percent_decode("%41" * 300_000 + "%" * 300_000) == b"A" * 300_000 + b"%" * 300_000
    assert time.perf_counter() - begin < 5
