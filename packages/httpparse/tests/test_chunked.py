"""groundup_httpparse.chunked: the examples of RFC 9112, section 7.1, and what attackers send."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import ChunkedDecoder, Limits, ParseError
from groundup_httpparse import chunked as module

BODY = b"4\r\nWiki\r\n6;name=value\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nExpires: 0\r\n\r\n"
CONTENT = b"Wikipedia in \r\n\r\nchunks."


def feed_pieces(decoder: ChunkedDecoder, wire: bytes, size: int) -> bytes:
    """Feed the wire in pieces of one size, and return the content."""
    return b"".join(decoder.feed(wire[at : at + size]) for at in range(0, len(wire), size))


def test_joins_the_chunks() -> None:
    decoder = ChunkedDecoder()

    assert decoder.feed(BODY) == CONTENT
    assert decoder.done
    assert decoder.trailers.multi_items() == [("Expires", "0")]


@pytest.mark.parametrize("size", range(1, len(BODY)))
def test_bytes_may_be_split_anywhere(size: int) -> None:
    decoder = ChunkedDecoder()

    content = feed_pieces(decoder, BODY, size)

    assert content == CONTENT
    assert decoder.done
    assert decoder.trailers == {"Expires": "0"}


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=6), st.data())
def test_whatever_is_encoded_is_decoded(chunks: list[bytes], data: st.DataObject) -> None:
    wire = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\nrest"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=4)))
    decoder = ChunkedDecoder()

    pieces = [
        decoder.feed(wire[start:end]) for start, end in zip([0, *cuts], [*cuts, None], strict=True)
    ]

    assert b"".join(pieces) == b"".join(chunks)
    assert decoder.unread == b"rest"


def test_content_arrives_before_its_chunk_is_complete() -> None:
    assert ChunkedDecoder().feed(b"FFFF\r\nfirst bytes") == b"first bytes"


def test_a_piece_inside_a_chunk_is_not_copied() -> None:
    decoder, piece = ChunkedDecoder(), b"x" * 1000
    decoder.feed(b"FFFF\r\n")

    assert decoder.feed(piece) is piece


def test_bytes_after_the_body_are_left_unread() -> None:
    decoder = ChunkedDecoder()

    decoder.feed(b"0\r\n\r\nGET / HTTP/1.1\r\n")
    decoder.feed(b"more")

    assert decoder.unread == b"GET / HTTP/1.1\r\nmore"


def test_nothing_is_unread_before_the_end() -> None:
    decoder = ChunkedDecoder()

    assert decoder.feed(b"4\r") == b""
    assert not decoder.done
    assert decoder.unread == b""


@pytest.mark.parametrize(
    "line",
    [
        b"4",
        b"04",
        b"0000000000000004",
        b"4;a",
        b"4;a=b",
        b"4 ; a = b",
        b"4;a;b=c;d",
        b'4;a="b c;\\"\xff"',
        b'4;a=""',
        b"4;" + b"a" * 4094,
    ],
)
def test_size_lines_by_the_grammar(line: bytes) -> None:
    assert ChunkedDecoder().feed(line + b"\r\nWiki\r\n") == b"Wiki"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"0x4\r\n", "hexadecimal digits, got b'0x4'", id="prefix"),
        pytest.param(b"+4\r\n", "hexadecimal", id="sign"),
        pytest.param(b"-4\r\n", "hexadecimal", id="minus"),
        pytest.param(b"4_0\r\n", "hexadecimal", id="underscore"),
        pytest.param(b" 4\r\n", "hexadecimal", id="space-before"),
        pytest.param(b"4 \r\n", "hexadecimal", id="space-after"),
        pytest.param(b"\r\n", "hexadecimal", id="empty"),
        pytest.param(b"g\r\n", "hexadecimal", id="no-digit"),
        pytest.param(b"F" * 17 + b"\r\n", "hexadecimal", id="huge"),
        pytest.param(b"4;\r\n", "hexadecimal", id="extension-without-name"),
        pytest.param(b"4;a=\r\n", "hexadecimal", id="extension-without-value"),
        pytest.param(b'4;a="b\r\n', "hexadecimal", id="open-quote"),
        pytest.param(b'4;a="\r\n"\r\n', "hexadecimal", id="line-break-in-quotes"),
        pytest.param(b"4;a\x00\r\n", "hexadecimal", id="nul-in-extension"),
        pytest.param(b"4\n\r\n", "must be CRLF", id="bare-lf"),
        pytest.param(b"4;a\nWiki\r\n", "must be CRLF", id="bare-lf-after-extension"),
        pytest.param(b"4\r\r\n", "hexadecimal", id="bare-cr"),
        pytest.param(b"4\r\nWikiX", "end with CRLF, got b'X'", id="too-much-data"),
        pytest.param(b"4\r\nWiki\nX", "end with CRLF, got", id="data-then-lf"),
        pytest.param(b"4\r\nWiki\rX", "end with CRLF, got", id="data-then-cr"),
        pytest.param(b"4;" + b"x" * 5000, "longer than 4096", id="endless-extension"),
        pytest.param(b"4;" + b"x" * 4095 + b"\r\n", "longer than 4096", id="long-extension"),
        pytest.param(b"0\r\nA\r\n", "a colon", id="no-trailer"),
        pytest.param(b"0\r\n A: b\r\n", "folded", id="folded-trailer"),
        pytest.param(b"0\r\nA: b\nC: d\r\n", "must be CRLF", id="lf-in-trailer"),
    ],
)
def test_refuses_what_is_not_chunked(body: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        ChunkedDecoder().feed(body)

    with pytest.raises(ParseError, match=message):
        feed_pieces(ChunkedDecoder(), body, 1)


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "Host", "Cookie", "TE"])
def test_fields_that_the_head_decides_are_refused_after_the_body(name: str) -> None:
    with pytest.raises(ParseError, match=f"must not come after the body, got '{name}'"):
        ChunkedDecoder().feed(f"0\r\n{name}: 1\r\n".encode())


LIMITS = Limits(trailer_fields=2, trailers=10, chunk_line=6, body=5)


@pytest.mark.parametrize(
    ("good", "bad", "status"),
    [
        pytest.param(b"0\r\nA: 1\r\nB: 2\r\n\r\n", b"0\r\nA:\r\nB:\r\nC:\r\n\r\n", 431, id="count"),
        pytest.param(b"0\r\nA: 5678901\r\n\r\n", b"0\r\nA: 56789012\r\n\r\n", 431, id="bytes"),
        pytest.param(
            b"0\r\nAA:4\r\nA: 456\r\n\r\n", b"0\r\nAA:4\r\nA: 4567\r\n\r\n", 431, id="total"
        ),
        pytest.param(
            b"1;abcd\r\nx\r\n0\r\n\r\n", b"1;abcde\r\nx\r\n0\r\n\r\n", 400, id="chunk-line"
        ),
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", b"6\r\n", 413, id="body"),
        pytest.param(b"4\r\nhell\r\n1\r\no\r\n0\r\n\r\n", b"4\r\nhell\r\n2\r\n", 413, id="sum"),
    ],
)
def test_limits_hold_at_their_edge_and_one_past_it(good: bytes, bad: bytes, status: int) -> None:
    for size in (1, 1000):
        decoder = ChunkedDecoder(LIMITS)
        feed_pieces(decoder, good, size)
        assert decoder.done

        with pytest.raises(ParseError) as caught:
            feed_pieces(ChunkedDecoder(LIMITS), bad, size)
        assert caught.value.status == status


def test_an_endless_trailer_is_refused_before_its_end() -> None:
    decoder = ChunkedDecoder()
    decoder.feed(b"0\r\n")

    with pytest.raises(ParseError, match="8192 bytes") as caught:
        decoder.feed(b"A: " + b"x" * 8200)
    assert caught.value.status == 431


def test_the_largest_sizes_are_numbers() -> None:
    decoder = ChunkedDecoder()

    assert decoder.feed(b"F" * 16 + b"\r\nx") == b"x"
    assert decoder.feed(b"y" * 1000) == b"y" * 1000
    assert not decoder.done
    with pytest.raises(ParseError, match="larger than 1000 bytes") as caught:
        ChunkedDecoder(Limits(body=1000)).feed(b"F" * 16 + b"\r\nx")
    assert caught.value.status == 413


def test_extensions_must_not_outweigh_the_content() -> None:
    signed = b"1000;signature=" + b"a" * 64 + b"\r\n" + b"x" * 4096 + b"\r\n"
    assert len(ChunkedDecoder().feed(signed * 100)) == 409_600

    with pytest.raises(ParseError, match="outweigh"):
        ChunkedDecoder().feed((b"1;" + b"a" * 4000 + b"\r\nx\r\n") * 5)


def test_remembered_sizes_are_bounded_and_right() -> None:
    for size in [*range(1, 3 * module.MAX_SIZES), 0x10, 0x10]:
        wire = b"%x\r\n" % size + b"x" * size + b"\r\n"

        assert len(ChunkedDecoder().feed(wire)) == size
        assert len(module._sizes) <= module.MAX_SIZES
    with pytest.raises(ParseError, match="hexadecimal"):
        ChunkedDecoder().feed(b"10 \r\n")
    with pytest.raises(ParseError, match="larger than 15"):
        ChunkedDecoder(Limits(body=15)).feed(b"10\r\n")


def test_many_tiny_chunks_take_linear_time() -> None:
    decoder, wire = ChunkedDecoder(), b"1\r\nx\r\n" * 100_000
    begin = time.perf_counter()

    assert len(ChunkedDecoder().feed(wire)) == 100_000
    assert len(feed_pieces(decoder, wire, 7)) == 100_000
    assert time.perf_counter() - begin < 10
