"""groundup_tcpserver.buffer: messages out of a stream, however it was cut."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_tcpserver import Buffer, ConnectionClosed, LimitExceeded


def filled(data: bytes, *, ended: bool = False, most: int = 100) -> Buffer:
    buffer = Buffer(most)
    buffer.add(data)
    if ended:
        buffer.end()
    return buffer


def test_some_is_what_is_there() -> None:
    buffer = filled(b"hello")

    assert (buffer.take_some(3), buffer.take_some(9), buffer.take_some(9)) == (b"hel", b"lo", None)
    buffer.end()
    assert buffer.take_some(9) == b""


def test_exactly_is_all_or_nothing() -> None:
    buffer = filled(b"hel")

    assert buffer.take_exactly(5) is None
    buffer.add(b"lo!")
    assert buffer.take_exactly(5) == b"hello"
    assert len(buffer) == 1


def test_until_includes_the_delimiter() -> None:
    buffer = filled(b"a\r\n\r\nb\r")

    assert buffer.take_until(b"\r\n", 10) == b"a\r\n"
    assert buffer.take_until(b"\r\n", 10) == b"\r\n"
    assert buffer.take_until(b"\r\n", 10) is None
    buffer.add(b"\n")
    assert buffer.take_until(b"\r\n", 10) == b"b\r\n"


def test_the_end_before_a_message_gives_what_was_there() -> None:
    with pytest.raises(ConnectionClosed, match="5 bytes must come, got 3 and the end") as caught:
        filled(b"hel", ended=True).take_exactly(5)
    assert caught.value.partial == b"hel"

    with pytest.raises(ConnectionClosed, match=r"b'\\n' must come, got 0 and the end") as caught:
        filled(b"", ended=True).take_until(b"\n", 10)
    assert caught.value.partial == b""


def test_what_came_before_the_end_can_still_be_taken() -> None:
    buffer = filled(b"a\nbc", ended=True)

    assert (buffer.take_until(b"\n", 10), buffer.take_exactly(2)) == (b"a\n", b"bc")


def test_limits_hold_at_their_edge_and_one_past_it() -> None:
    assert filled(b"abc\n").take_until(b"\n", 4) == b"abc\n"
    assert filled(b"abc").take_until(b"\n", 4) is None
    for late in (b"abcd\n", b"abcd"):
        with pytest.raises(LimitExceeded, match="must come within 4 bytes"):
            filled(late).take_until(b"\n", 4)
    with pytest.raises(LimitExceeded):
        filled(b"abc\r\n").take_until(b"\r\n", 4)

    assert filled(b"x" * 100).take_exactly(100) == b"x" * 100
    with pytest.raises(LimitExceeded, match="at most 100 bytes can be read at once, got 101"):
        filled(b"").take_exactly(101)
    assert filled(b"x" * 99).take_until(b"\n", 1000) is None
    with pytest.raises(LimitExceeded, match="must come within 100 bytes"):
        filled(b"x" * 100).take_until(b"\n", 1000)


@pytest.mark.parametrize("size", [0, -1])
def test_sizes_that_make_no_sense(size: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        filled(b"x").take_some(size)
    with pytest.raises(ValueError, match="at least one byte"):
        filled(b"x").take_until(b"", 5)


@given(st.lists(st.binary(max_size=5), max_size=8), st.integers(1, 9))
def test_bytes_may_be_split_anywhere(lines: list[bytes], size: int) -> None:
    wire = b"".join(line + b"\r\n" for line in lines)
    buffer = Buffer()
    found: list[bytes] = []
    for at in range(0, len(wire), size):
        buffer.add(wire[at : at + size])
        while (line := buffer.take_until(b"\r\n", 100)) is not None:
            found.append(line[:-2])

    assert found == wire.split(b"\r\n")[:-1]


def test_a_slow_line_takes_linear_time() -> None:
    buffer = Buffer()
    begin = time.perf_counter()
    for _ in range(200_000):
        buffer.add(b"x")
        assert buffer.take_until(b"\n", 500_000) is None
    buffer.add(b"\n" * 100_000)
    while buffer.take_until(b"\n", 500_000):
        pass

    assert time.perf_counter() - begin < 10
