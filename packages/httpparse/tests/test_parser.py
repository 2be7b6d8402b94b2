"""groundup_httpparse.parser: events, splits, limits, and an error that stays."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import EndOfBody, Limits, ParseError, RequestHead, RequestParser

GET = b"GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"PUT /c HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\nCookie: a=1\r\n\r\n"
    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nDigest: 1\r\n\r\n"
)
EMPTY = b"DELETE /d HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n"
OLD = b"HEAD /e HTTP/1.0\r\n\r\n"
CORPUS = GET + POST + b"\r\n" + CHUNKED + GET + EMPTY + b"\r\n\r\n" + OLD + POST


def as_data(event: Any) -> tuple[Any, ...]:
    """Return what an event says, in a form that can be compared."""
    if isinstance(event, bytes):
        return ("content", event)
    if isinstance(event, EndOfBody):
        return ("end", event.trailers.multi_items())
    head: RequestHead = event
    line = head.method, head.target, head.version, head.headers.multi_items()
    return ("head", *line, head.keep_alive, head.has_body, head.content_length, head.chunked)


def parse_all(pieces: list[bytes], limits: Limits | None = None) -> list[tuple[Any, ...]]:
    """Feed all pieces, and return all events with neighbouring content joined."""
    parser = RequestParser(limits) if limits else RequestParser()
    found: list[tuple[Any, ...]] = []
    for piece in pieces:
        events = parser.feed(piece)
        while events:
            for data in map(as_data, events):
                if found and data[0] == found[-1][0] == "content":
                    found[-1] = ("content", found[-1][1] + data[1])
                else:
                    found.append(data)
            events = parser.feed()
    parser.finish()
    return found


WHOLE = parse_all([CORPUS])


def kinds(events: list[Any]) -> list[str]:
    return [as_data(event)[0] for event in events]


def test_a_request_without_a_body_is_one_event() -> None:
    (head,) = RequestParser().feed(GET)

    assert isinstance(head, RequestHead)
    assert (head.method, head.target, head.headers["host"]) == ("GET", "/a?b=c", "example.com")
    assert not head.has_body


def test_a_body_comes_in_pieces_and_has_an_end() -> None:
    parser = RequestParser()

    events = [*parser.feed(POST[:-3]), *parser.feed(POST[-3:-1]), *parser.feed(POST[-1:])]

    assert kinds(events) == ["head", "content", "content", "content", "end"]
    assert events[1:4] == [b"he", b"ll", b"o"]


def test_an_announced_body_of_nothing_is_no_body() -> None:
    assert kinds(RequestParser().feed(EMPTY)) == ["head"]


def test_chunks_and_trailers_are_decoded() -> None:
    head, content, end = RequestParser().feed(CHUNKED)

    assert isinstance(head, RequestHead)
    assert (head.chunked, head.content_length) == (True, None)
    assert content == b"abcde"
    assert isinstance(end, EndOfBody)
    assert end.trailers == {"Digest": "1"}
    assert repr(end) == "EndOfBody(Headers([('Digest', '1')]))"


def test_the_corpus_holds_seven_requests() -> None:
    assert [data[2] for data in WHOLE if data[0] == "head"] == [
        *("/a?b=c", "/b", "/c", "/a?b=c", "/d", "/e", "/b")
    ]
    assert [data[1] for data in WHOLE if data[0] == "content"] == [b"hello", b"abcde", b"hello"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 100, 333])
def test_bytes_may_be_split_into_any_size(size: int) -> None:
    assert parse_all([CORPUS[at : at + size] for at in range(0, len(CORPUS), size)]) == WHOLE


def test_bytes_may_be_split_at_every_place() -> None:
    for at in range(len(CORPUS) + 1):
        assert parse_all([CORPUS[:at], CORPUS[at:]]) == WHOLE


@given(st.lists(st.integers(0, len(CORPUS)), max_size=8))
def test_bytes_may_be_split_anywhere(cuts: list[int]) -> None:
    places = sorted(cuts)
    pieces = [CORPUS[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]

    assert parse_all(pieces) == WHOLE


def test_one_call_gives_events_of_one_request_at_most() -> None:
    parser = RequestParser()

    assert kinds(parser.feed(POST + GET + CHUNKED)) == ["head", "content", "end"]
    assert parser.has_unread
    assert kinds(parser.feed()) == ["head"]
    assert kinds(parser.feed(GET)) == ["head", "content", "end"]
    assert kinds(parser.feed()) == ["head"]
    assert parser.feed() == []
    assert not parser.has_unread


def test_idle_means_that_no_byte_of_a_request_has_come() -> None:
    parser = RequestParser()
    assert parser.idle

    parser.feed(b"G")
    assert not parser.idle
    parser.feed(POST[1:-1].replace(b"OST", b"ET", 1))
    assert not parser.idle
    parser.feed(b"o")
    assert parser.idle
    parser.feed(b"\r\n")
    assert parser.idle
    parser.feed(GET + b"G")
    assert not parser.idle


def test_empty_lines_before_a_request_are_tolerated_up_to_four() -> None:
    assert kinds(RequestParser().feed(b"\r\n" * 4 + GET)) == ["head"]
    for wire in (b"\r\n" * 5, b"\r\n" * 5 + GET):
        with pytest.raises(ParseError, match="at most 4 empty lines"):
            RequestParser().feed(wire)

    parser = RequestParser()
    for _ in range(3):
        assert kinds(parser.feed(b"\r\n\r\n" + GET)) == ["head"]


@pytest.mark.parametrize("wire", [b"\n" + GET, b"\r\r\n" + GET, b"\rGET", b" \r\n" + GET])
def test_other_empty_lines_are_not(wire: bytes) -> None:
    with pytest.raises(ParseError, match="begin with a method"):
        RequestParser().feed(wire)


def test_bytes_of_another_protocol_can_be_taken() -> None:
    parser = RequestParser()
    wire = (
        b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00"
    )

    (head,) = parser.feed(wire)

    assert isinstance(head, RequestHead)
    assert head.upgrade == "websocket"
    assert parser.take_unread() == b"\x81\x00"
    assert parser.take_unread() == b""
    assert parser.idle


@pytest.mark.parametrize(
    ("wire", "where"),
    [
        (GET[:1], "head"),
        (GET[:-1], "head"),
        (b"\r", "head"),
        (POST[:-5], "body"),
        (POST[:-1], "body"),
        (CHUNKED[:-1], "body"),
    ],
    ids=range(6),
)
def test_the_end_inside_a_request_is_an_error(wire: bytes, where: str) -> None:
    parser = RequestParser()
    parser.feed(wire)

    for _ in range(2):
        with pytest.raises(ParseError, match=f"got the end inside its {where}"):
            parser.finish()
    with pytest.raises(ParseError, match="got the end"):
        parser.feed(GET)


def test_the_end_between_requests_is_fine() -> None:
    parser = RequestParser()
    parser.finish()
    parser.feed(POST + b"\r\n")
    parser.feed()

    parser.finish()


REFUSED = [
    pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, "must have a Host", id="no-host"),
    pytest.param(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "colon must follow", id="colon"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400, "folded", id="fold"),
    pytest.param(b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "folded", id="fold-first"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400, "CRLF", id="lf"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400, "CRLF", id="cr"),
    pytest.param(b"GET / HTTP/1.1\nHost: a\n\n", 400, "CRLF", id="lf-everywhere"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400, "control", id="nul"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "got HTTP/2.0", id="http-2"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01", 400, "begin with a method", id="tls"),
    pytest.param(b"{}\r\n", 400, "begin with a method", id="json"),
    pytest.param(b"hello\r\n", 400, "METHOD target", id="smtp"),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        *(400, "one length"),
        id="two-lengths",
    ),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        *(400, "hexadecimal"),
        id="no-chunk",
    ),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400, "the last", id="gzip"
    ),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        *(501, "must be chunked alone"),
        id="gzip-chunked",
    ),
]


@pytest.mark.parametrize(("wire", "status", "message"), REFUSED)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_refused_however_it_is_split_and_for_good(
    wire: bytes, status: int, message: str, size: int
) -> None:
    parser = RequestParser()
    with pytest.raises(ParseError, match=message) as caught:
        feed_pieces(parser, wire, size)
    assert caught.value.status == status

    for data in (b"", GET):
        with pytest.raises(ParseError, match=message) as again:
            parser.feed(data)
        assert again.value.status == status
    with pytest.raises(ParseError, match=message):
        parser.finish()
    assert not parser.idle
    assert not parser.has_unread


def feed_pieces(parser: RequestParser, wire: bytes, size: int) -> list[Any]:
    return [
        event for at in range(0, len(wire), size) for event in parser.feed(wire[at : at + size])
    ]


LIMITS = Limits(request_line=20, field_line=30, fields=3, head=60, body=5)


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join([line, *fields, "", ""]).encode()


@pytest.mark.parametrize(
    ("good", "bad", "status"),
    [
        pytest.param(
            head("GET /789 HTTP/1.1".replace("789", "789012"), "Host: a"),
            head("GET /7890123 HTTP/1.1", "Host: a"),
            *(414,),
            id="request-line",
        ),
        pytest.param(
            head("GET / HTTP/1.1", "Host: " + "a" * 24),
            head("GET / HTTP/1.1", "Host: " + "a" * 25),
            *(431,),
            id="field-line",
        ),
        pytest.param(
            head("GET / HTTP/1.1", "Host: a", "A:", "B:"),
            head("GET / HTTP/1.1", "Host: a", "A:", "B:", "C:"),
            *(431,),
            id="fields",
        ),
        pytest.param(
            head("GET / HTTP/1.1", "Host: " + "a" * 20, "A: 789012345"),
            head("GET / HTTP/1.1", "Host: " + "a" * 20, "A: 7890123456789012"),
            *(431,),
            id="head",
        ),
        pytest.param(
            head("PUT / HTTP/1.1", "Host: a", "Content-Length: 5") + b"hello",
            head("PUT / HTTP/1.1", "Host: a", "Content-Length: 6"),
            *(413,),
            id="body",
        ),
        pytest.param(
            head("PUT / HTTP/1.1", "Host:", "Transfer-Encoding: chunked")
            + b"5\r\nhello\r\n0\r\n\r\n",
            head("PUT / HTTP/1.1", "Host:", "Transfer-Encoding: chunked") + b"6\r\n",
            *(413,),
            id="chunks",
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_limits_hold_at_their_edge_and_one_past_it(
    good: bytes, bad: bytes, status: int, size: int
) -> None:
    assert feed_pieces(RequestParser(LIMITS), good, size)

    with pytest.raises(ParseError) as caught:
        feed_pieces(RequestParser(LIMITS), bad, size)
    assert caught.value.status == status


def test_the_head_may_have_exactly_its_limit() -> None:
    wire = head("GET / HTTP/1.1", "Host: " + "a" * 20, "A: " + "b" * 13)
    assert len(wire) == 60 + 4

    for size in (1, 1000):
        assert kinds(feed_pieces(RequestParser(LIMITS), wire, size)) == ["head"]


@pytest.mark.parametrize(
    ("start", "byte", "status"),
    [
        pytest.param(b"GET /", b"a", 414, id="target"),
        pytest.param(b"", b"A", 414, id="method"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a", 431, id="value"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n", b"A:\r\n", 431, id="fields"),
    ],
)
def test_what_never_ends_is_refused_before_it_fills_the_memory(
    start: bytes, byte: bytes, status: int
) -> None:
    parser = RequestParser()
    parser.feed(start)

    with pytest.raises(ParseError) as caught:
        feed_pieces(parser, byte * 70_000, 1000)
    assert caught.value.status == status


def test_a_refused_target_is_refused_as_soon_as_it_is_too_long() -> None:
    parser = RequestParser(LIMITS)
    parser.feed(b"GET /" + b"a" * 16)

    with pytest.raises(ParseError, match="20 bytes"):
        parser.feed(b"a")


def test_a_large_piece_of_a_body_is_not_copied() -> None:
    parser = RequestParser()
    parser.feed(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
    piece = b"x" * 65536

    assert parser.feed(piece)[0] is piece


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_slow_head_takes_linear_time(size: int) -> None:
    wire = GET[:-2] + b"".join(b"X-%d: %b\r\n" % (n, b"a" * 500) for n in range(90)) + b"\r\n"
    begin = time.perf_counter()

    assert kinds(feed_pieces(RequestParser(), wire, size)) == ["head"]
    assert time.perf_counter() - begin < 5


def test_many_waiting_requests_take_linear_time() -> None:
    parser, number = RequestParser(), 0
    begin = time.perf_counter()

    events = parser.feed(GET * 20_000)
    while events:
        number += 1
        events = parser.feed()

    assert number == 20_000
    assert time.perf_counter() - begin < 10


def test_each_request_has_fields_of_its_own() -> None:
    parser = RequestParser()
    (first,) = parser.feed(GET)
    (second,) = parser.feed(GET)
    assert isinstance(first, RequestHead)
    assert isinstance(second, RequestHead)

    first.headers["Accept"] = "changed"

    assert second.headers["Accept"] == "*/*"


def test_a_head_that_comes_alone_can_be_taken_in_one_step() -> None:
    parser = RequestParser()

    head = parser.take_head(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")

    assert head is not None
    assert (head.method, head.target, head.headers["host"]) == ("GET", "/a", "a")
    assert (head.version, head.keep_alive, head.has_body, head.upgrade) == (
        "1.1",
        True,
        False,
        None,
    )
    assert parser.idle


def test_the_body_of_a_head_taken_in_one_step_is_fed() -> None:
    parser = RequestParser()

    head = parser.take_head(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")

    assert head is not None
    assert head.has_body
    assert not parser.idle
    assert parser.take_head(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") is None
    assert [str(event) for event in parser.feed(b"hi")] == ["b'hi'", "EndOfBody(Headers([]))"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\r\n\r", id="three bytes"),
        pytest.param(b"\r\n\r\n", id="empty lines"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n", id="not whole"),
        pytest.param(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", id="after an empty line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", id="with the next"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2, id="two"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="without host"),
        pytest.param(b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", id="no request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 9000 + b"\r\n\r\n", id="large"),
    ],
)
def test_whatever_else_comes_is_left_for_feed(data: bytes) -> None:
    parser = RequestParser()

    assert parser.take_head(data) is None

    assert outcome(parser, data) == outcome(RequestParser(), data)


def test_a_body_that_is_too_large_is_refused_by_feed() -> None:
    parser = RequestParser(Limits(body=1))
    data = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"

    assert parser.take_head(data) is None

    with pytest.raises(ParseError, match="larger than 1 bytes"):
        parser.feed(data)


def test_nothing_is_taken_between_the_pieces_of_a_head_or_after_an_error() -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    parser, broken = RequestParser(), RequestParser()
    parser.feed(b"GET")
    with pytest.raises(ParseError):
        broken.feed(b"\0")

    assert parser.take_head(whole) is None
    assert broken.take_head(whole) is None


def outcome(parser: RequestParser, data: bytes) -> str:
    try:
        return str(parser.feed(data))
    except ParseError as error:
        return str(error)
