"""groundup_messages.cookies: RFC 6265, section 5.4, read by a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_messages import parse_cookies
from groundup_response import format_cookie

TOKEN = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"
OCTETS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')


@pytest.mark.parametrize(
    ("text", "cookies"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("a=1", {"a": "1"}, id="one"),
        pytest.param("a=1; b=2;c=3 ;\td=4\t", {"a": "1", "b": "2", "c": "3", "d": "4"}, id="space"),
        pytest.param("a=1; a=2", {"a": "1"}, id="first-wins"),
        pytest.param("a=b=c==", {"a": "b=c=="}, id="equals-in-value"),
        pytest.param('a="1"; b="; c="x', {"a": "1", "b": '"', "c": '"x'}, id="quotes"),
        pytest.param('a=""', {"a": ""}, id="empty-quotes"),
        pytest.param("a=; =b; c; ; ;=", {"a": ""}, id="without-name"),
        pytest.param("a=%20+b", {"a": "%20+b"}, id="nothing-is-decoded"),
        pytest.param("a=\xc3\xa9", {"a": "é"}, id="utf-8"),
        pytest.param("a=\xe9", {"a": "\xe9"}, id="latin-1"),
        pytest.param("$Version=1; a=1, b=2", {"$Version": "1", "a": "1, b=2"}, id="old"),
    ],
)
def test_reads_cookies(text: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(text) == cookies


@given(st.dictionaries(st.text(TOKEN, min_size=1), st.text(OCTETS)))
def test_what_we_set_comes_back(cookies: dict[str, str]) -> None:
    lines = [
        format_cookie(name, value, path=None, samesite=None) for name, value in cookies.items()
    ]

    assert parse_cookies("; ".join(lines)) == cookies


@given(st.text(st.characters(max_codepoint=255)))
def test_nothing_in_the_field_is_an_error(text: str) -> None:
    assert all("=" not in name and name for name in parse_cookies(text))


def test_a_field_full_of_cookies_takes_linear_time() -> None:
    assert len(parse_cookies("; ".join(f"c{number}=x" for number in range(100_000)))) == 100_000
