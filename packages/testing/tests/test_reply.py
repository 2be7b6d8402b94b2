"""groundup_testing.reply: answers in any number of pieces, and what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_response import Response
from groundup_testing.errors import AnswerError
from groundup_testing.reply import END, MAX_HEAD, Event, ReplyHead, ReplyParser

CHUNKED = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 All right\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nx-a: 2\r\n\r\n"
    b"4\r\nWiki\r\n5;a=b\r\npedia\r\n0\r\nT: x\r\n\r\n"
)


def read(data: bytes, method: str = "GET", size: int = 10**6) -> list[Event]:
    parser = ReplyParser()
    parser.expect(method)
    events: list[Event] = []
    for start in range(0, len(data), size):
        events += parser.feed(data[start : start + size])
    return events


def body_of(events: list[Event]) -> bytes:
    return b"".join(event for event in events if isinstance(event, bytes))


@pytest.mark.parametrize("size", range(1, 60))
def test_bytes_may_be_split_anywhere(size: int) -> None:
    hints, head, *body, end = read(CHUNKED, size=size)

    assert isinstance(hints, ReplyHead)
    assert (hints.status, hints.headers["Link"]) == (103, "</a>")
    assert isinstance(head, ReplyHead)
    assert (head.status, head.reason, head.version) == (200, "All right", "1.1")
    assert head.headers.getlist("X-A") == ["1", "2"]
    assert body_of(body) == b"Wikipedia"
    assert end is END


@settings(max_examples=50)
@given(st.binary(max_size=2000), st.integers(1, 300), st.sampled_from([200, 404, 500]))
def test_reads_what_the_response_package_writes(body: bytes, size: int, status: int) -> None:
    events = read(Response(status, body).serialize(), size=size)

    assert isinstance(events[0], ReplyHead)
    assert events[0].status == status
    assert body_of(events) == body
    assert events[-1] is END


@pytest.mark.parametrize(
    ("method", "head"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_answers_without_a_body(method: str, head: bytes) -> None:
    assert read(head, method)[1:] == [END]


def test_a_body_may_last_until_the_connection_closes() -> None:
    parser = ReplyParser()
    parser.expect("GET")

    head, first = parser.feed(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst")
    assert isinstance(head, ReplyHead)
    assert not head.keep_alive
    assert first == b"first"
    assert parser.feed(b"second") == [b"second"]
    assert parser.finish() == [END]
    assert parser.finish() == []


@pytest.mark.parametrize(
    ("line", "keeps"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
)
def test_connections_are_kept_or_not(line: bytes, keeps: bool) -> None:
    head = read(line + b"Content-Length: 0\r\n\r\n")[0]

    assert isinstance(head, ReplyHead)
    assert head.keep_alive is keeps


def test_after_101_the_bytes_are_another_protocol_s() -> None:
    parser = ReplyParser()
    parser.expect("GET")

    (head,) = parser.feed(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nframes")

    assert isinstance(head, ReplyHead)
    assert head.status == 101
    assert parser.take_unread() == b"frames"
    assert parser.take_unread() == b""


def test_one_answer_after_the_other() -> None:
    parser = ReplyParser()
    for _ in range(2):
        parser.expect("GET")
        assert parser.expecting
        assert len(parser.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")) == 3
        assert not parser.expecting


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"HTTP/2 200 OK\r\n\r\n", "got 'HTTP/2 200 OK'", id="version"),
        pytest.param(b"HTTP/1.1 200\r\n\r\n", "status line", id="no-reason"),
        pytest.param(b"HTTP/1.1 099 Low\r\n\r\n", "status line", id="low"),
        pytest.param(b"HTTP/1.1 200 O\x00K\r\n\r\n", "status line", id="nul"),
        pytest.param(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "name: value", id="no-colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "got 'A : b'", id="space"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: b\n c\r\n\r\n", "name: value", id="bare-lf"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", "must have a length", id="no-length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "one number, got '1, 1'",
            id="two-lengths",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "one number", id="sign"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "without a Content-Length",
            id="both",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "must be chunked", id="coding"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n",
            "hexadecimal",
            id="chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxmore", "follow an answer", id="more"
        ),
        pytest.param(b"x" * (MAX_HEAD + 1), "must not be larger", id="endless"),
    ],
)
def test_refuses_what_is_no_answer(data: bytes, message: str) -> None:
    with pytest.raises(AnswerError, match=message):
        read(data)


def test_nobody_has_asked() -> None:
    with pytest.raises(AnswerError, match="nobody has asked"):
        ReplyParser().feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got nothing"),
        (b"HTTP/1.1 2", "got only b'HTTP/1.1 2'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx", "inside its body"),
    ],
)
def test_an_end_in_the_middle_is_an_error(data: bytes, message: str) -> None:
    parser = ReplyParser()
    parser.expect("GET")
    parser.feed(data)

    with pytest.raises(AnswerError, match=message):
        parser.finish()
