"""groundup_websockets.explain: a frame bit by bit."""

import pytest

from groundup_websockets import Opcode, encode_frame, explain_frame
from groundup_websockets.closing import format_close

MASKED = """\
81           1000 0001  FIN=1 RSV=000 opcode=1 TEXT
85           1000 0101  MASK=1 length=5
37 fa 21 3d             key b'7\\xfa!='
7f 9f 4d 51 58             masked payload
48 65 6c 6c 6f             payload 'Hello'"""


def test_a_masked_text() -> None:
    assert explain_frame(bytes.fromhex("818537fa213d7f9f4d5158")) == MASKED


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"", "at least two bytes, got 0", id="nothing"),
        pytest.param(b"\x83\x00", "wrong: an opcode must be", id="opcode"),
        pytest.param(b"\x09\x00", "wrong: a control frame", id="fragmented-ping"),
        pytest.param(b"\xc1\x00", "RSV1: compressed", id="compressed"),
        pytest.param(b"\x82\x7e\x01\x00", "length 256", id="two-bytes"),
        pytest.param(b"\x82\x7f" + bytes(6) + b"\x01\x00", "length 256", id="eight-bytes"),
        pytest.param(b"\x82\x05abc", "2 more bytes of payload have not arrived", id="cut"),
        pytest.param(b"\x82\x85ab", "5 more bytes", id="cut-in-the-key"),
        pytest.param(b"\x89\x00\x8a\x00", "2 more bytes follow", id="two-frames"),
        pytest.param(b"\x88\x02\x03\xed", "wrong: a close code must be", id="bad-close"),
        pytest.param(encode_frame(Opcode.BINARY, bytes(100)), "and 36 more bytes", id="long"),
        pytest.param(
            encode_frame(Opcode.CLOSE, format_close(1000, "bye")),
            "close code 1000, reason 'bye'",
            id="close",
        ),
    ],
)
def test_what_else_a_frame_may_be(data: bytes, line: str) -> None:
    assert line in explain_frame(data)
