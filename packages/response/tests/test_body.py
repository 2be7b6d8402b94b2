"""groundup_response.body: what may be sent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from groundup_response import BodyError, LengthGuard, encode_piece
from groundup_response.body import check_body


@pytest.mark.parametrize(
    "body", ["é", "é".encode(), bytearray("é", "utf-8"), memoryview(b"\xc3\xa9")]
)
def test_text_and_bytes_become_bytes(body: Any) -> None:
    assert check_body(body) == b"\xc3\xa9"
    assert type(check_body(body)) is bytes
    assert encode_piece(body) == b"\xc3\xa9"


def test_streams_stay_as_they_are() -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b""

    pieces: list[bytes | str] = ["a", b"b"]
    waiting = stream()

    assert check_body(pieces) is pieces
    assert check_body(waiting) is waiting


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"a": 1}, "format it as JSON", id="mapping"),
        pytest.param(None, "got NoneType", id="none"),
        pytest.param(42, "got int", id="int"),
    ],
)
def test_what_cannot_be_sent_is_refused(body: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        check_body(body)


def test_pieces_of_other_types_are_refused() -> None:
    piece: Any = 65

    with pytest.raises(TypeError, match="must give bytes or str, got int"):
        encode_piece(piece)


def test_guard_lets_exactly_the_announced_bytes_pass() -> None:
    guard = LengthGuard(5)

    assert [guard.add(b"abc"), guard.add(b""), guard.add(b"de")] == [b"abc", b"", b"de"]
    guard.finish()
    with pytest.raises(BodyError, match="must have 5 bytes, got 1 more"):
        guard.add(b"f")


def test_guard_notices_an_early_end() -> None:
    guard = LengthGuard(5)
    guard.add(b"abcd")

    with pytest.raises(BodyError, match="ended 1 early"):
        guard.finish()
