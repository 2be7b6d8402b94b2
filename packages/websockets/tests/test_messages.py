"""groundup_websockets.messages: from frames to messages."""

import pytest

from groundup_websockets import Frame, Opcode, ProtocolError
from groundup_websockets.deflate import Compressor, Inflater
from groundup_websockets.messages import MessageAssembler

TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION


def test_a_whole_message_is_text_or_bytes() -> None:
    assembler = MessageAssembler()

    assert assembler.add(Frame(TEXT, "é".encode())) == "é"
    assert assembler.add(Frame(BINARY, b"\xff")) == b"\xff"
    assert assembler.add(Frame(TEXT)) == ""


def test_fragments_are_joined_also_inside_a_code_point() -> None:
    assembler = MessageAssembler()

    assert assembler.add(Frame(TEXT, b"caf\xc3", fin=False)) is None
    assert assembler.add(Frame(CONTINUATION, b"", fin=False)) is None
    assert assembler.add(Frame(CONTINUATION, b"\xa9")) == "café"
    assert assembler.add(Frame(BINARY, b"\xc3", fin=False)) is None
    assert assembler.add(Frame(CONTINUATION, b"\xc3")) == b"\xc3\xc3"


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([Frame(TEXT, b"\xff")], id="whole"),
        pytest.param([Frame(TEXT, b"ok\xf5", fin=False)], id="first-fragment"),
        pytest.param([Frame(TEXT, b"\xf4", fin=False), Frame(CONTINUATION, b"\x90", fin=False)]),
        pytest.param([Frame(TEXT, b"\xc3", fin=False), Frame(CONTINUATION, b"")], id="cut-off"),
    ],
)
def test_text_that_is_none_is_refused_as_soon_as_it_is_seen(frames: list[Frame]) -> None:
    assembler = MessageAssembler()
    for frame in frames[:-1]:
        assembler.add(frame)

    with pytest.raises(ProtocolError) as caught:
        assembler.add(frames[-1])
    assert caught.value.code == 1007


def test_compressed_and_plain_messages_may_alternate() -> None:
    assembler = MessageAssembler(inflater=Inflater(takeover=True))
    compressor = Compressor(takeover=True, bits=15)

    for text in ("first " * 30, "second " * 30):
        data = compressor.compress(text.encode())
        assert assembler.add(Frame(TEXT, data[:5], fin=False, rsv1=True)) is None
        assert assembler.add(Frame(CONTINUATION, data[5:])) == text
        assert assembler.add(Frame(TEXT, b"plain", fin=False)) is None
        assert assembler.add(Frame(CONTINUATION, b"!")) == "plain!"


def test_the_limit_counts_what_comes_out_over_all_fragments() -> None:
    assembler = MessageAssembler(max_message=1000, inflater=Inflater(takeover=True))
    compressor = Compressor(takeover=True, bits=15)
    fits, too_big = compressor.compress(bytes(1000)), compressor.compress(bytes(1001))

    assert assembler.add(Frame(BINARY, fits[:3], fin=False, rsv1=True)) is None
    assert assembler.add(Frame(CONTINUATION, fits[3:])) == bytes(1000)
    assert assembler.add(Frame(BINARY, too_big[:3], fin=False, rsv1=True)) is None
    with pytest.raises(ProtocolError) as caught:
        assembler.add(Frame(CONTINUATION, too_big[3:]))
    assert caught.value.code == 1009


def test_inflated_text_is_validated_too() -> None:
    data = Compressor(takeover=True, bits=15).compress(b"\xff" * 100)
    assembler = MessageAssembler(inflater=Inflater(takeover=True))

    with pytest.raises(ProtocolError, match="UTF-8"):
        assembler.add(Frame(TEXT, data, fin=True, rsv1=True))


def test_a_megabyte_in_single_bytes_takes_linear_time() -> None:
    assembler = MessageAssembler()
    assembler.add(Frame(TEXT, b"x", fin=False))
    frame = Frame(CONTINUATION, b"x", fin=False)

    for _ in range(100_000):
        assembler.add(frame)

    assert assembler.add(Frame(CONTINUATION)) == "x" * 100_001
