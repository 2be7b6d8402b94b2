"""groundup_httpparse.grammar: RFC 9110, sections 5.5 and 5.6.2."""

import pytest

from groundup_httpparse import is_token
from groundup_httpparse.grammar import FIELD_VALUE, VALUE_BYTES, shorten

TCHAR = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def test_a_token_has_exactly_the_characters_of_the_rfc() -> None:
    assert {chr(code) for code in range(0x250) if is_token(chr(code))} == set(TCHAR)
    assert is_token(TCHAR)


@pytest.mark.parametrize("text", ["", "a b", "a\n", "a:", "é", "٣"])
def test_what_is_no_token(text: str) -> None:
    assert not is_token(text)


def test_a_value_has_no_control_character_but_tab() -> None:
    allowed = {code for code in range(0x180) if FIELD_VALUE.fullmatch(chr(code))}

    assert allowed == {9, *range(0x20, 0x7F), *range(0x80, 0x100)}
    assert set(VALUE_BYTES) == allowed


def test_messages_show_a_wrong_input_escaped_and_cut() -> None:
    assert shorten("a\r\n") == r"'a\r\n'"
    assert shorten(b"x" * 40) == repr(b"x" * 40)
    assert shorten(b"x" * 41) == repr(b"x" * 40) + "..."
