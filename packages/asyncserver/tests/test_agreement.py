"""Another implementation reads what we answer, whatever is asked, and however it is split."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundup_asyncserver import make_protocol
from groundup_messages import Request, Response

BODY = b"0123456789" * 1000


def sync_pieces(body: bytes) -> Iterator[bytes]:
    yield body[:3]
    yield body[3:]


async def async_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body[:3]
    await asyncio.sleep(0)
    yield body[3:]


async def handler(request: Request) -> Response:
    """Answer with the request's body in the way that its path names."""
    body = request.body
    match request.path:
        case "/waiting":
            await asyncio.sleep(0)
            return Response(200, body)
        case "/chunked":
            return Response.stream(async_pieces(body))
        case "/counted":
            fields = {"Content-Length": str(len(body))}
            return Response.stream(sync_pieces(body), headers=fields)
        case "/none":
            return Response(204)
        case "/error":
            raise LookupError
        case _:
            return Response(200, body)


PATHS = ["/", "/waiting", "/chunked", "/counted", "/none", "/error"]


@dataclass
class Asked:
    """One request of the test, as it is sent."""

    method: str
    path: str
    size: int
    chunked: bool

    def wire(self) -> bytes:
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: a\r\n".encode()
        body = BODY[: self.size]
        if not self.chunked:
            return head + b"Content-Length: %d\r\n\r\n" % self.size + body
        chunk = b"%x\r\n%b\r\n" % (self.size, body) if body else b""
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"


class Client(asyncio.Transport):
    """The other end of a connection in memory: keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True

    abort = close

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


async def talk(pieces: list[bytes], done: Any) -> bytes:
    """Send pieces, and return what is written until ``done`` says that it is enough."""
    client, protocol = Client(), make_protocol(handler)
    protocol.connection_made(client)
    loop = asyncio.get_running_loop()
    for piece in pieces:
        loop.call_soon(protocol.data_received, piece)
        await asyncio.sleep(0)
    try:
        for _ in range(5000):
            if done(client) or client.closed:
                break
            await asyncio.sleep(0.001)
    finally:
        protocol.connection_lost(None)
    return bytes(client.written)


def read_with_h11(asked: list[Asked], wire: bytes) -> list[tuple[int, bytes]] | None:
    """Return status and body of each answer, or None when they are not all there."""
    client = h11.Connection(h11.CLIENT)
    if wire:  # nothing would be the end
        client.receive_data(wire)
    answers: list[tuple[int, bytes]] = []
    for request in asked:
        client.send(h11.Request(method=request.method, target="/", headers=[("Host", "a")]))
        client.send(h11.EndOfMessage())
        status, body = 0, b""
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                return None
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
        answers.append((status, body))
        client.start_next_cycle()
    return answers


def expected(request: Asked) -> tuple[int, bytes]:
    status = {"/none": 204, "/error": 500}.get(request.path, 200)
    body = BODY[: request.size] if status == 200 else b""
    if status == 500:
        body = b"Internal Server Error\n"
    return status, b"" if request.method == "HEAD" else body


asked_requests = st.lists(
    st.builds(
        Asked,
        st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
        st.sampled_from(PATHS),
        st.sampled_from([0, 1, 3, 17, 5000]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked_requests, st.lists(st.integers(1, 20_000), max_size=8))
def test_h11_reads_every_answer(asked: list[Asked], cuts: list[int]) -> None:
    logging.disable()
    wire = b"".join(request.wire() for request in asked)
    edges = sorted({0, len(wire), *(cut % len(wire) for cut in cuts)})
    pieces = [wire[start:end] for start, end in pairwise(edges)]

    def done(client: Client) -> bool:
        return read_with_h11(asked, bytes(client.written)) is not None

    try:
        answer = asyncio.run(talk(pieces, done))
    finally:
        logging.disable(logging.NOTSET)

    assert read_with_h11(asked, answer) == [expected(request) for request in asked]


FRAGMENTS = st.sampled_from(
    [
        *(b"GET / HTTP/1.1\r\n", b"POST /x HTTP/1.0\r\n", b"Host: a\r\n", b"\r\n", b"\n", b"\0"),
        *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"),
        *(b"0\r\n\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"hello", b" "),
        *(b"Connection: Upgrade\r\nUpgrade: echo\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(FRAGMENTS | st.binary(max_size=20), max_size=12))
def test_nothing_that_a_client_sends_is_an_error_of_ours(pieces: list[bytes]) -> None:
    messages: list[Any] = []

    class Remember(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    async def run() -> bytes:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: messages.append(context)
        )
        turns = iter(range(8))

        def done(_: Client) -> bool:
            return next(turns, None) is None

        return await talk(pieces, done)

    logger, remember = logging.getLogger("groundup.server"), Remember()
    logger.addHandler(remember)
    try:
        answer = asyncio.run(run())
    finally:
        logger.removeHandler(remember)

    assert messages == []
    assert answer[:9] in {b"", b"HTTP/1.1 "}


def test_the_h11_of_this_test_sees_a_missing_answer() -> None:
    asked = [Asked("GET", "/", 0, chunked=False)] * 2
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    assert read_with_h11(asked, one) is None
    assert read_with_h11(asked, one * 2) == [(200, b"")] * 2
    with pytest.raises(h11.RemoteProtocolError):
        read_with_h11(asked, b"nonsense\r\n\r\n")
