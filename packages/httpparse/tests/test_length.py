"""groundup_httpparse.length: RFC 9112, section 6.2."""

import pytest

from groundup_httpparse import LengthDecoder


@pytest.mark.parametrize("size", range(1, 9))
def test_bytes_may_be_split_anywhere(size: int) -> None:
    decoder, wire = LengthDecoder(5), b"hello!!!"

    pieces = [decoder.feed(wire[start : start + size]) for start in range(0, len(wire), size)]

    assert b"".join(pieces) == b"hello"
    assert decoder.unread == b"!!!"
    assert decoder.done


def test_is_not_done_before_the_last_byte() -> None:
    decoder = LengthDecoder(2)

    assert (decoder.feed(b"a"), decoder.done) == (b"a", False)
    assert (decoder.feed(b""), decoder.done) == (b"", False)
    assert (decoder.feed(b"b"), decoder.done) == (b"b", True)


def test_a_piece_is_not_copied() -> None:
    piece = b"x" * 100_000

    assert LengthDecoder(1_000_000).feed(piece) is piece


def test_there_are_no_trailers() -> None:
    assert not LengthDecoder(1).trailers
