"""groundup_websockets.closing: codes and reasons, RFC 6455, section 7.4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import Close, CloseCode, ProtocolError
from groundup_websockets.closing import MAX_REASON, format_close, may_be_sent, parse_close

VALID = [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999]
INVALID = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


@pytest.mark.parametrize("code", VALID)
def test_codes_that_may_be_sent(code: int) -> None:
    assert may_be_sent(code)
    assert parse_close(format_close(code, "why")) == Close(code, "why")


@pytest.mark.parametrize("code", INVALID)
def test_codes_that_may_not(code: int) -> None:
    assert not may_be_sent(code)
    with pytest.raises(ProtocolError, match=f"got {code}") as caught:
        parse_close(code.to_bytes(2, "big"))
    assert caught.value.code == 1002


@pytest.mark.parametrize("code", [code for code in INVALID if code != 1005])
def test_they_cannot_be_written_either(code: int) -> None:
    with pytest.raises(ValueError, match="close code"):
        format_close(code)


def test_no_code_is_told_as_1005() -> None:
    assert parse_close(b"") == Close(CloseCode.NO_CODE)
    assert format_close(1005) == b""
    with pytest.raises(ValueError, match="close code"):
        format_close(1005, "but why")


def test_half_a_code_is_refused() -> None:
    with pytest.raises(ProtocolError, match="two bytes"):
        parse_close(b"\x03")


def test_a_reason_that_is_no_text_is_refused_with_1007() -> None:
    with pytest.raises(ProtocolError, match="UTF-8") as caught:
        parse_close(b"\x03\xe8\xff")

    assert caught.value.code == 1007


def test_the_longest_reason_fits_and_one_byte_more_does_not() -> None:
    assert len(format_close(1000, "x" * MAX_REASON)) == 125
    with pytest.raises(ValueError, match="at most 123"):
        format_close(1000, "x" * (MAX_REASON + 1))
    with pytest.raises(ValueError, match="at most 123"):
        format_close(1000, "é" * 62)


@given(st.sampled_from(VALID), st.text(max_size=30))
def test_whatever_is_written_is_read(code: int, reason: str) -> None:
    assert parse_close(format_close(code, reason)) == Close(code, reason)
