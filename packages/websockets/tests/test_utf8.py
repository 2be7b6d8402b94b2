"""groundup_websockets.utf8: wrong text is found at its first wrong byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import ProtocolError
from groundup_websockets.utf8 import Utf8Validator, decode_text

TEXT = "aéߐࠀ\uffff𐍈\U0010ffff"


@pytest.mark.parametrize("size", range(1, 8))
def test_text_may_be_split_anywhere(size: int) -> None:
    data = TEXT.encode()
    validator = Utf8Validator()

    for start in range(0, len(data), size):
        validator.feed(data[start : start + size])

    validator.feed(b"", last=True)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        pytest.param(b"", b"\x80", id="continuation-first"),
        pytest.param(b"", b"\xc0", id="overlong-two"),
        pytest.param(b"\xe0", b"\x9f", id="overlong-three"),
        pytest.param(b"\xf0", b"\x8f", id="overlong-four"),
        pytest.param(b"\xed", b"\xa0", id="surrogate"),
        pytest.param(b"\xf4", b"\x90", id="beyond-the-last"),
        pytest.param(b"", b"\xf5", id="never-a-start"),
        pytest.param(b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", b"\xed\xa0", id="in-a-text"),
        pytest.param(b"\xc3", b"a", id="broken-off"),
    ],
)
def test_wrong_text_is_refused_at_its_first_wrong_byte(good: bytes, bad: bytes) -> None:
    validator = Utf8Validator()
    validator.feed(good)

    with pytest.raises(ProtocolError, match="UTF-8") as caught:
        validator.feed(bad)
    assert caught.value.code == 1007
    with pytest.raises(ProtocolError, match="UTF-8"):
        decode_text(good + bad)


def test_a_text_does_not_end_inside_a_code_point() -> None:
    validator = Utf8Validator()
    validator.feed(b"caf\xc3")

    with pytest.raises(ProtocolError, match="UTF-8"):
        validator.feed(b"", last=True)


@given(st.binary(max_size=30), st.integers(0, 30))
def test_pieces_are_judged_like_the_whole(data: bytes, cut: int) -> None:
    validator = Utf8Validator()
    try:
        validator.feed(data[:cut])
        validator.feed(data[cut:], last=True)
    except ProtocolError:
        valid = False
    else:
        valid = True

    assert valid == (data.decode(errors="ignore").encode() == data)
