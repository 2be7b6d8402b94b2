"""groundup_websockets.frames: every form of a frame, and every rule that one can break."""

import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import Frame, FrameParser, Opcode, ProtocolError, encode_frame
from groundup_websockets.frames import MAX_CONTROL

KEY = b"\x37\xfa\x21\x3d"


def parse(data: bytes, *, masked: bool = False, **options: int | bool) -> list[Frame]:
    parser = FrameParser(masked=masked, **options)  # type: ignore[arg-type]  # of two kinds
    parser.feed(data)
    return list(iter(parser.next_frame, None))


def joined(frames: list[Frame]) -> list[Frame]:
    """Join the pieces of each message, which the parser may cut as the bytes arrived."""
    whole: list[Frame] = []
    fragments: list[Frame] = []
    for frame in frames:
        if frame.opcode.is_control:
            whole.append(frame)
            continue
        fragments.append(frame)
        if frame.fin:
            payload = b"".join(fragment.payload for fragment in fragments)
            whole.append(Frame(fragments[0].opcode, payload, fin=True, rsv1=fragments[0].rsv1))
            fragments = []
    return whole


@pytest.mark.parametrize(
    ("data", "masked", "frame"),
    [
        pytest.param("810548656c6c6f", False, Frame(Opcode.TEXT, b"Hello"), id="text"),
        pytest.param("818537fa213d7f9f4d5158", True, Frame(Opcode.TEXT, b"Hello"), id="masked"),
        pytest.param("010348656c", False, Frame(Opcode.TEXT, b"Hel", fin=False), id="fragment"),
        pytest.param("890548656c6c6f", False, Frame(Opcode.PING, b"Hello"), id="ping"),
        pytest.param("8a8537fa213d7f9f4d5158", True, Frame(Opcode.PONG, b"Hello"), id="pong"),
        pytest.param("827e0100" + "00" * 256, False, Frame(Opcode.BINARY, bytes(256)), id="16-bit"),
        pytest.param(
            "827f0000000000010000" + "00" * 65536,
            False,
            Frame(Opcode.BINARY, bytes(65536)),
            id="64-bit",
        ),
    ],
)
def test_the_examples_of_the_rfc(data: str, masked: bool, frame: Frame) -> None:
    raw = bytes.fromhex(data)

    assert parse(raw, masked=masked) == [frame]
    key = KEY if masked else b""
    assert encode_frame(frame.opcode, frame.payload, fin=frame.fin, key=key) == raw


@pytest.mark.parametrize("size", [0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537])
@pytest.mark.parametrize("key", [b"", KEY], ids=["plain", "masked"])
def test_every_form_of_the_length_at_its_edges(size: int, key: bytes) -> None:
    payload = os.urandom(size)

    data = encode_frame(Opcode.BINARY, payload, key=key)

    assert parse(data, masked=bool(key)) == [Frame(Opcode.BINARY, payload)]
    assert len(data) - size == (2 if size < 126 else 4 if size < 65536 else 10) + len(key)


STREAM = (
    encode_frame(Opcode.TEXT, b"Hello", key=KEY)
    + encode_frame(Opcode.BINARY, b"ab" * 70, fin=False, key=b"1234")
    + encode_frame(Opcode.PING, b"are you there", key=b"\0\0\0\0")
    + encode_frame(Opcode.CONTINUATION, b"", fin=False, key=KEY)
    + encode_frame(Opcode.CONTINUATION, b"cd", key=KEY)
    + encode_frame(Opcode.CLOSE, b"", key=KEY)
)
WHOLE = [
    Frame(Opcode.TEXT, b"Hello"),
    Frame(Opcode.PING, b"are you there"),
    Frame(Opcode.BINARY, b"ab" * 70 + b"cd"),
    Frame(Opcode.CLOSE, b""),
]


@pytest.mark.parametrize("size", range(1, len(STREAM) + 1))
def test_bytes_may_be_split_anywhere(size: int) -> None:
    parser = FrameParser(masked=True)
    frames: list[Frame] = []

    for start in range(0, len(STREAM), size):
        parser.feed(STREAM[start : start + size])
        frames += iter(parser.next_frame, None)

    assert joined(frames) == WHOLE


def test_a_frame_that_has_not_arrived_is_handed_on_as_fragments() -> None:
    parser = FrameParser(masked=True)
    data = encode_frame(Opcode.TEXT, b"Hello", key=KEY)

    parser.feed(data[:7])
    assert parser.next_frame() == Frame(Opcode.TEXT, b"H", fin=False)
    parser.feed(data[7:9])
    assert parser.next_frame() == Frame(Opcode.CONTINUATION, b"el", fin=False)
    assert parser.next_frame() is None
    parser.feed(data[9:])
    assert parser.next_frame() == Frame(Opcode.CONTINUATION, b"lo", fin=True)


def test_a_head_alone_gives_no_frame() -> None:
    parser = FrameParser(masked=False)

    parser.feed(b"\x81\x05")

    assert parser.next_frame() is None
    assert parser.next_frame() is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"\xa1\x00", "reserved bits must be zero, got 0x20", id="rsv2"),
        pytest.param(b"\x91\x00", "reserved bits", id="rsv3"),
        pytest.param(b"\xc1\x00", "RSV1 must be zero: no extension", id="rsv1"),
        pytest.param(b"\xc9\x00", "reserved bits", id="rsv1-on-ping"),
        pytest.param(b"\xc0\x00", "reserved bits", id="rsv1-on-continuation"),
        *(pytest.param(bytes([0x80 | n, 0]), f"got {n}", id=f"opcode-{n}") for n in range(3, 8)),
        *(pytest.param(bytes([0x80 | n, 0]), f"got {n}", id=f"opcode-{n}") for n in range(11, 16)),
        pytest.param(b"\x09\x00", "not be fragmented, got a PING", id="fragmented-ping"),
        pytest.param(b"\x88\x7e", "at most 125", id="long-close"),
        pytest.param(b"\x89\x7f", "at most 125", id="longer-ping"),
        pytest.param(b"\x81\x80", "server must not mask", id="masked-by-server"),
        pytest.param(b"\x82\x7e\x00\x7d", "shortest form, got 125", id="16-bit-too-short"),
        pytest.param(b"\x82\x7f" + bytes(6) + b"\xff\xff", "shortest form, got 65535", id="64-bit"),
        pytest.param(b"\x82\x7f\x80" + bytes(7), "shortest form", id="negative"),
        pytest.param(b"\x80\x00", "must follow a fragment", id="continuation-of-nothing"),
        pytest.param(b"\x01\x00\x81\x00", "must end before", id="message-in-message"),
        pytest.param(b"\x01\x00\x80\x00\x80\x00", "must follow a fragment", id="ended-already"),
    ],
)
def test_refuses_what_breaks_a_rule(data: bytes, message: str) -> None:
    with pytest.raises(ProtocolError, match=message) as caught:
        parse(data)

    assert caught.value.code == 1002


def test_a_client_must_mask() -> None:
    with pytest.raises(ProtocolError, match="client must mask"):
        parse(b"\x81\x05Hello", masked=True)


def test_a_compressed_message_is_marked_on_its_first_frame() -> None:
    data = encode_frame(Opcode.TEXT, b"x", fin=False, rsv1=True) + b"\x80\x00"

    assert parse(data, compressed=True)[0].rsv1
    with pytest.raises(ProtocolError, match="reserved bits"):
        parse(b"\x41\x00\xc0\x00", compressed=True)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x82\x7e\x03\xe9", id="one-frame"),
        pytest.param(b"\x02\x01x\x80\x7e\x03\xe8", id="two-fragments"),
        pytest.param(b"\x82\x7f\x7f" + b"\xff" * 7, id="the-longest"),
    ],
)
def test_what_is_too_big_is_refused_before_it_arrives(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="at most 1000 bytes") as caught:
        parse(data, max_message=1000)

    assert caught.value.code == 1009


def test_the_limit_itself_is_allowed_and_counts_anew_for_each_message() -> None:
    data = encode_frame(Opcode.BINARY, bytes(1000)) * 3
    fragments = encode_frame(Opcode.BINARY, bytes(999), fin=False) + b"\x80\x01x"

    assert len(parse(data + fragments, max_message=1000)) == 5


def test_messages_too_big_are_refused_when_the_head_comes_in_the_middle_of_a_stream() -> None:
    parser = FrameParser(masked=False, max_message=10)
    parser.feed(b"\x02\x05ab")
    assert parser.next_frame() == Frame(Opcode.BINARY, b"ab", fin=False)
    parser.feed(b"cde\x80\x06")
    assert parser.next_frame() == Frame(Opcode.CONTINUATION, b"cde", fin=False)

    with pytest.raises(ProtocolError, match="at most 10 bytes"):
        parser.next_frame()


def test_a_promise_of_much_costs_nothing() -> None:
    parser = FrameParser(masked=False, max_message=1 << 40)
    tracemalloc.start()

    parser.feed(b"\x82\x7f" + (1 << 39).to_bytes(8, "big"))
    assert parser.next_frame() is None
    for _ in range(100):
        parser.feed(bytes(10_000))
        assert parser.next_frame() == Frame(
            Opcode.BINARY if _ == 0 else Opcode.CONTINUATION, bytes(10_000), fin=False
        )

    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 100_000


@pytest.mark.parametrize(
    ("payload", "fin"), [(bytes(MAX_CONTROL + 1), True), (b"", False)], ids=["long", "fragment"]
)
def test_no_wrong_control_frame_can_be_written(payload: bytes, fin: bool) -> None:
    with pytest.raises(ValueError, match="control frame"):
        encode_frame(Opcode.PING, payload, fin=fin)


def test_a_hundred_thousand_empty_fragments_take_linear_time() -> None:
    data = b"\x02\x00" + b"\x00\x00" * 100_000 + b"\x80\x00"

    assert len(parse(data)) == 100_002


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG]),
            st.binary(max_size=125) | st.binary(min_size=126, max_size=200),
            st.sampled_from([b"\0\0\0\0", KEY]),
        ),
        max_size=5,
    ),
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
)
def test_whatever_is_written_is_read(
    frames: list[tuple[Opcode, bytes, bytes]], sizes: list[int]
) -> None:
    frames = [(op, data[:125] if op.is_control else data, key) for op, data, key in frames]
    stream = b"".join(encode_frame(opcode, data, key=key) for opcode, data, key in frames)
    parser = FrameParser(masked=True)
    found: list[Frame] = []

    at = turn = 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        parser.feed(stream[at : at + size])
        found += iter(parser.next_frame, None)
        at, turn = at + size, turn + 1

    assert joined(found) == [Frame(opcode, data) for opcode, data, _ in frames]


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise_anything_else(data: bytes, masked: bool) -> None:
    code = None
    try:
        parse(data, masked=masked)
    except ProtocolError as error:
        code = error.code

    assert code in {None, 1002, 1009}
