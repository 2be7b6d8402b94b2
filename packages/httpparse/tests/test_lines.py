"""groundup_httpparse.lines: RFC 9112, section 5, all lines at once and one by one."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import Limits, ParseError
from groundup_httpparse.lines import parse_field, parse_fields

LIMITS = Limits()


def read_block(block: bytes, limits: Limits) -> list[tuple[str, str]]:
    return parse_fields(block.decode("latin-1"), limits)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        pytest.param(b"Host: a", ("Host", "a"), id="usual"),
        pytest.param(b"Host:a", ("Host", "a"), id="no-space"),
        pytest.param(b"X: \t a \t b \t", ("X", "a \t b"), id="spaces-around"),
        pytest.param(b"X:", ("X", ""), id="empty"),
        pytest.param(b"X: a:b", ("X", "a:b"), id="colon-inside"),
        pytest.param(b"X: \xe9\xff", ("X", "é\xff"), id="latin-1"),
        pytest.param(b"!#$%&'*+-.^_`|~09azAZ: a", ("!#$%&'*+-.^_`|~09azAZ", "a"), id="token"),
    ],
)
def test_reads_a_field(line: bytes, field: tuple[str, str]) -> None:
    assert parse_field(line) == field
    assert read_block(b"\r\nA: 1\r\n" + line + b"\r\nB:", LIMITS) == [
        *(("A", "1"), field, ("B", "")),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(b"Host", "a name, a colon and a value", id="no-colon"),
        pytest.param(b"", "a name, a colon and a value", id="nothing"),
        pytest.param(b": a", "field name must be a token", id="no-name"),
        pytest.param(b"Host : a", "colon must follow", id="space-before-colon"),
        pytest.param(b"Host\t: a", "colon must follow", id="tab-before-colon"),
        pytest.param(b" folded: a", "must not be folded", id="fold"),
        pytest.param(b"\tfolded", "must not be folded", id="fold-tab"),
        pytest.param(b"A B: a", "must be a token", id="space-in-name"),
        pytest.param(b"H\xc3\xb6st: a", "must be a token", id="name-not-ascii"),
        pytest.param(b"X\x85: a", "must be a token", id="next-line"),
        pytest.param(b'"X": a', "must be a token", id="quote"),
        pytest.param(b"X: a\x00", "control characters, got one in 'X'", id="nul"),
        pytest.param(b"X: a\x0bb", "control characters", id="vertical-tab"),
        pytest.param(b"X: a\x7f", "control characters", id="delete"),
        pytest.param(b"X\x01: a", "control characters", id="control-in-name"),
        pytest.param(b"X: a\rY: b", "must be CRLF", id="bare-cr"),
        pytest.param(b"X: a\nY: b", "must be CRLF", id="bare-lf"),
    ],
)
def test_refuses_what_is_no_field(line: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse_field(line)
    assert caught.value.status == 400
    for before, after in ((b"", b""), (b"\r\nA: 1", b"\r\nB: 2")):
        with pytest.raises(ParseError, match=message):
            read_block(before + b"\r\n" + line + after, LIMITS)


def test_an_error_never_shows_the_value() -> None:
    with pytest.raises(ParseError) as caught:
        parse_field(b"Authorization: secret\x00")
    assert "secret" not in str(caught.value)


def test_lines_are_split_at_crlf_alone() -> None:
    assert read_block(b"\r\nA: 1\r\nB: \x85 2", LIMITS) == [("A", "1"), ("B", "\x85 2")]
    assert read_block(b"", LIMITS) == []
    for block in (
        *(b"\r\nA: 1\r\nB\n: 2", b"\r\nA: 1\r\r\nB: 2", b"\r\nA: 1\r\n\nB: 2"),
        *(b"\r\n\rA: 1\r\nB: 2", b"\r\nA: 1\r", b"\r\nA: 1\n", b"\r\nA: 1\nB: 2"),
    ):
        with pytest.raises(ParseError, match="must be CRLF"):
            read_block(block, LIMITS)


PARTS = st.sampled_from(
    [
        *(b"Host", b"A", b"a b", b":", b": ", b" ", b"\t", b"1", b"\xe9", b"\x85", b"\x0b", b"\0"),
        *(b"\r\n", b"\r\n", b"\r\nB: 2", b"\r", b"\n", b'"', b"\x7f", b"\xa0", b",", b";"),
    ]
)


@given(st.lists(PARTS, max_size=10).map(b"".join))
def test_lines_mean_the_same_together_and_one_by_one(block: bytes) -> None:
    lines = block.split(b"\r\n")

    assert outcome(lambda: read_block(b"\r\n" + block, LIMITS)) == outcome(
        lambda: [parse_field(line) for line in lines]
    )


def outcome(read: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]] | str:
    """Return the fields that are read, or why they cannot be."""
    try:
        return read()
    except ParseError as error:
        return str(error)


def test_limits_hold_at_their_edge_and_one_past_it() -> None:
    limits = Limits(fields=2, field_line=6)
    assert read_block(b"\r\nA: 456\r\nB: 456", limits) == [("A", "456"), ("B", "456")]

    for block in (b"\r\nA: 4567\r\nB: 4", b"\r\nA: 4\r\nB:   7 "):
        with pytest.raises(ParseError, match="longer than 6 bytes") as caught:
            read_block(block, limits)
        assert caught.value.status == 431
    with pytest.raises(ParseError, match="at most 2, got 3") as caught:
        read_block(b"\r\nA:\r\nB:\r\nC:", limits)
    assert caught.value.status == 431


@pytest.mark.parametrize(
    "line", [b"\r\nA: b ", b"\r\n" + b"A" * 20, b"\r\nA:" + b" " * 20, b"\r\n\r"]
)
def test_hostile_lines_take_linear_time(line: bytes) -> None:
    limits = Limits(fields=200_000, field_line=2_000_000)
    begin = time.perf_counter()

    assert outcome(lambda: read_block(line * 50_000, limits))
    assert time.perf_counter() - begin < 5
