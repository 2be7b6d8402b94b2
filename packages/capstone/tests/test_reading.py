"""groundup.reading: whole requests, by the framework's parser or by a plain one."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from groundup.reading import MAX_HEAD, EventReader, RequestReader
from groundup_httpparse import HeaderError, ParseError


async def whole(body: Any) -> bytes:
    return b"".join([piece async for piece in body])


class Script:
    """A connection that gives one piece after the other, then its end."""

    def __init__(self, pieces: Iterable[bytes | Exception]) -> None:
        self.pieces = list(pieces)
        self.sent = b""

    def read(self, size: int, *, between: bool = False) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        assert len(piece) <= size
        return piece

    def send(self, data: bytes) -> None:
        self.sent += data


class PlainRequest:
    def __init__(self, target: str, headers: Any, body: bytes = b"", version: str = "1.1") -> None:
        self.method = "GET"
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body


class TeapotError(Exception):
    status = 418


class PlainParser:
    """A line is a request; what is between the bars are its fields."""

    def __init__(self) -> None:
        self.buffer = b""

    def feed(self, data: bytes, /) -> Sequence[PlainRequest]:
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        return [self.parse(line.decode()) for line in lines]

    def parse(self, line: str) -> PlainRequest:
        target, *fields = line.split("|")
        if target == "teapot":
            raise TeapotError("short and stout")
        if target == "value":
            raise ValueError("no such value")
        if target == "fault":
            raise RuntimeError("a fault of the parser")
        if target == "old":
            return PlainRequest("/", {}, version="HTTP/1.0")
        return PlainRequest(target, dict(field.split(":", 1) for field in fields))


def test_requests_of_a_parser_of_ones_own_come_one_by_one() -> None:
    reader = RequestReader(PlainParser(), 100)
    connection = Script([b"/a\n/b|X-A:1\n/c|Connec", b"tion:close\n"])

    first, second, third = (reader.read(connection) for _ in range(3))

    assert first
    assert second
    assert third
    assert (first.method, first.target, first.version, first.body) == ("GET", "/a", "1.1", b"")
    assert second.headers.multi_items() == [("X-A", "1")]
    assert (first.keep_alive, second.keep_alive, third.keep_alive) == (True, True, False)
    assert reader.read(connection) is None


def test_an_old_request_ends_its_connection() -> None:
    found = RequestReader(PlainParser(), 100).read(Script([b"old\n"]))

    assert found
    assert (found.version, found.keep_alive) == ("1.0", False)


@pytest.mark.parametrize(("line", "status"), [(b"teapot\n", 418), (b"value\n", 400)])
def test_what_a_parser_refuses_has_its_status(line: bytes, status: int) -> None:
    with pytest.raises(ParseError) as refused:
        RequestReader(PlainParser(), 100).read(Script([line]))

    assert refused.value.status == status


def test_a_fault_of_a_parser_stays_a_fault() -> None:
    with pytest.raises(RuntimeError, match="a fault of the parser"):
        RequestReader(PlainParser(), 100).read(Script([b"fault\n"]))


def test_a_field_that_would_break_a_line_is_no_field() -> None:
    with pytest.raises((HeaderError, ParseError)):
        RequestReader(PlainParser(), 100).read(Script([b"/|X-A:a\rb\n"]))


def test_a_request_without_end_is_refused_at_the_limit() -> None:
    size = 100 + MAX_HEAD
    reader = RequestReader(PlainParser(), 100)
    whole = b"/" * (size - 1) + b"\n"
    pieces = [whole[at : at + 60_000] for at in range(0, size, 60_000)]

    assert reader.read(Script(pieces))
    with pytest.raises(ParseError) as refused:
        reader.read(Script([piece.replace(b"\n", b"/") for piece in pieces]))
    assert refused.value.status == 413


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError()])
def test_a_client_that_is_gone_has_no_more_requests(error: Exception) -> None:
    assert RequestReader(PlainParser(), 100).read(Script([error])) is None
    assert EventReader(100).read(Script([error])) is None


def test_the_own_parser_answers_who_waits_and_gives_whole_bodies() -> None:
    connection: Any = Script(
        [
            b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            b"he",
            b"llo",
        ]
    )

    found = EventReader(100).read(connection)

    assert found
    assert asyncio.run(whole(found.body)) == b"hello"
    assert connection.sent == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_a_body_that_ends_too_early_is_an_error_where_it_is_read() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
    connection: Any = Script([head + b"he"])
    found = EventReader(100).read(connection)

    assert found
    with pytest.raises(ParseError):
        asyncio.run(whole(found.body))
