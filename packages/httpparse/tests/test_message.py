"""groundup_httpparse.message: whole requests."""

import pytest

from groundup_httpparse import (
    EndOfBody,
    Headers,
    Limits,
    ParseError,
    RequestBuilder,
    RequestParser,
    parse_request,
)

POST = b"POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nhe\r\n3\r\nllo\r\n0\r\nX: 1\r\n\r\n"
)


def test_reads_a_whole_request() -> None:
    request = parse_request(POST)

    assert (request.method, request.target, request.version) == ("POST", "/a", "1.1")
    assert (request.headers["host"], request.body, request.keep_alive) == ("b", b"hello", True)
    assert not request.trailers
    assert repr(request) == "<ParsedRequest POST '/a' HTTP/1.1>"


def test_a_chunked_body_is_joined() -> None:
    request = parse_request(CHUNKED)

    assert (request.body, dict(request.trailers)) == (b"hello", {"X": "1"})


@pytest.mark.parametrize("wire", [POST, CHUNKED], ids=["length", "chunked"])
def test_a_request_cut_off_at_any_byte_is_refused(wire: bytes) -> None:
    for end in range(len(wire)):
        with pytest.raises(ParseError, match=r"must be complete|got nothing") as caught:
            parse_request(wire[:end])
        assert caught.value.status == 400


@pytest.mark.parametrize("more", [b"\r\n", b"x", POST], ids=["line-break", "byte", "request"])
def test_bytes_after_the_request_are_refused(more: bytes) -> None:
    with pytest.raises(ParseError, match="must end here, got"):
        parse_request(POST + more)


def test_limits_hold() -> None:
    assert parse_request(POST, Limits(body=5)).body == b"hello"
    with pytest.raises(ParseError) as caught:
        parse_request(POST, Limits(body=4))
    assert caught.value.status == 413


def test_a_builder_makes_one_request_after_the_other() -> None:
    parser, builder = RequestParser(), RequestBuilder()
    requests = [builder.add(event) for event in (*parser.feed(POST + CHUNKED), *parser.feed())]

    assert [request.body for request in requests if request is not None] == [b"hello", b"hello"]


def test_a_builder_wants_the_head_first() -> None:
    with pytest.raises(ValueError, match="must follow its head"):
        RequestBuilder().add(EndOfBody(Headers()))
