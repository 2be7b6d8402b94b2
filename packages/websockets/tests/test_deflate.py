"""groundup_websockets.deflate: the examples of RFC 7692, section 7.2.3, and what attackers send."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import ProtocolError
from groundup_websockets.deflate import Compressor, Inflater

ROOM = 1000


def inflate(data: bytes, *, room: int = ROOM, takeover: bool = True) -> bytes:
    return Inflater(takeover=takeover).inflate(data, last=True, room=room)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("f248cdc9c90700", id="one-block"),
        pytest.param("000500faff48656c6c6f00", id="not-compressed"),
        pytest.param("f348cdc9c9070000", id="final-block"),
        pytest.param("f24805000000ffffcac9c90700", id="two-blocks"),
    ],
)
def test_the_examples_of_the_rfc(data: str) -> None:
    assert inflate(bytes.fromhex(data)) == b"Hello"


def test_a_stream_goes_on_after_a_final_block() -> None:
    inflater = Inflater(takeover=True)

    for _ in range(2):
        content = inflater.inflate(bytes.fromhex("f348cdc9c9070000"), last=True, room=ROOM)
        assert content == b"Hello"


@pytest.mark.parametrize("cut", range(9))
def test_a_final_block_may_be_cut_anywhere(cut: int) -> None:
    data = bytes.fromhex("f348cdc9c9070000")
    inflater = Inflater(takeover=True)

    start = inflater.inflate(data[:cut], last=False, room=ROOM)

    assert start + inflater.inflate(data[cut:], last=True, room=ROOM) == b"Hello"


@pytest.mark.parametrize("more", [b"x", b"\x03\x00" * 100_000])
def test_nothing_may_follow_a_final_block(more: bytes) -> None:
    with pytest.raises(ProtocolError, match="final block") as caught:
        inflate(bytes.fromhex("f348cdc9c90700") + more)
    assert caught.value.code == 1007

    inflater = Inflater(takeover=True)
    inflater.inflate(bytes.fromhex("f348cdc9c90700"), last=False, room=ROOM)
    with pytest.raises(ProtocolError, match="final block"):
        inflater.inflate(more, last=False, room=ROOM)


def test_later_messages_lean_on_earlier_ones() -> None:
    compressor, inflater = Compressor(takeover=True, bits=12), Inflater(takeover=True)
    text = bytes(range(100))

    first, second = compressor.compress(text), compressor.compress(text)

    assert len(second) < len(first) / 5
    assert inflater.inflate(first, last=True, room=100) == text
    assert inflater.inflate(second, last=True, room=100) == text
    with pytest.raises(ProtocolError, match="broken"):
        inflate(second)


def test_without_takeover_each_message_stands_alone() -> None:
    compressor = Compressor(takeover=False, bits=15)
    text = bytes(range(100))

    assert compressor.compress(text) == compressor.compress(text)
    assert inflate(compressor.compress(text), takeover=False) == text


@pytest.mark.parametrize("bits", range(8, 16))
def test_every_window_works(bits: int) -> None:
    text = bytes(range(256)) * 100

    data = Compressor(takeover=True, bits=bits).compress(text)

    inflater = Inflater(takeover=True, bits=bits)
    assert inflater.inflate(data, last=True, room=len(text)) == text
    assert zlib.decompressobj(-max(bits, 9)).decompress(data + b"\0\0\xff\xff") == text


def test_a_window_is_as_large_as_agreed_and_no_larger() -> None:
    text = bytes(range(256))
    compressor = Compressor(takeover=True, bits=15)
    first, second = compressor.compress(text + bytes(5000)), compressor.compress(text)
    large, small = Inflater(takeover=True, bits=15), Inflater(takeover=True, bits=10)

    for inflater in (large, small):
        assert len(inflater.inflate(first, last=True, room=8000)) == 5256
    assert large.inflate(second, last=True, room=8000) == text
    with pytest.raises(ProtocolError, match="deflate stream"):
        small.inflate(second, last=True, room=8000)


@pytest.mark.parametrize("size", [1, 100, 10_000_000])
def test_a_bomb_is_stopped_at_the_limit(size: int) -> None:
    data = Compressor(takeover=True, bits=15).compress(bytes(ROOM + size))

    with pytest.raises(ProtocolError, match="inflate beyond") as caught:
        inflate(data)

    assert caught.value.code == 1009
    assert inflate(Compressor(takeover=True, bits=15).compress(bytes(ROOM))) == bytes(ROOM)


def test_no_room_at_all_means_no_byte() -> None:
    assert inflate(b"\x00", room=0) == b""
    with pytest.raises(ProtocolError, match="inflate beyond"):
        inflate(bytes.fromhex("f248cdc9c90700"), room=0)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"Hello", b"\x06"])
def test_a_broken_stream_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"deflate stream|final block") as caught:
        inflate(data)

    assert caught.value.code == 1007


@given(st.lists(st.binary(max_size=300), max_size=5), st.booleans(), st.integers(1, 40))
def test_whatever_is_compressed_is_inflated(
    messages: list[bytes], takeover: bool, size: int
) -> None:
    compressor, inflater = Compressor(takeover=takeover, bits=9), Inflater(takeover=takeover)

    for message in messages:
        data = compressor.compress(message)
        pieces = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
        content = b"".join(
            inflater.inflate(piece, last=i == len(pieces) - 1, room=300)
            for i, piece in enumerate(pieces)
        )
        assert content == message
