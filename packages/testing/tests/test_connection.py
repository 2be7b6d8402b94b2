"""groundup_testing.connection: servers that do not behave, met by a client that says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest

from groundup_testing.connection import MAX_WAITING, ClientConnection
from groundup_testing.errors import AnswerError
from groundup_testing.transport import join

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Server(asyncio.Protocol):
    """Does what it is told with each piece that comes."""

    transport: asyncio.Transport

    def __init__(self, act: Callable[[asyncio.Transport, bytes], None]) -> None:
        self._act = act
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        self._act(self.transport, data)


def connect(act: Callable[[asyncio.Transport, bytes], None]) -> tuple[ClientConnection, Server]:
    client, server = ClientConnection(), Server(act)
    join((client, ("a", 1)), (server, ("b", 2)))
    return client, server


async def read_all(client: ClientConnection) -> bytes:
    body = b""
    while piece := await client.read_piece():
        body += piece
    return body


async def test_one_request_after_the_other() -> None:
    client, server = connect(lambda transport, _: transport.write(OK))

    for _ in range(2):
        client.send("GET", b"GET / HTTP/1.1\r\n\r\n", b"")
        assert not client.reusable
        assert (await client.read_head()).status == 200
        assert await read_all(client) == b"hi"
        assert client.reusable
    assert server.data.count(b"GET") == 2

    await client.close()
    assert not client.reusable


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("close", "got nothing before the connection closed"),
        ("abort", "broke off"),
        ("greet", "got 'SSH-2.0'"),
    ],
)
async def test_no_answer_is_an_error(what: str, message: str) -> None:
    def act(transport: asyncio.Transport, _: bytes) -> None:
        if what == "greet":
            transport.write(b"SSH-2.0\r\n\r\n")
        else:
            getattr(transport, what)()

    client, _ = connect(act)
    client.send("GET", b"GET / HTTP/1.1\r\n\r\n", b"")

    with pytest.raises(AnswerError, match=message):
        await client.read_head()

    assert not client.reusable


async def test_an_answer_that_stops_in_its_body() -> None:
    def act(transport: asyncio.Transport, _: bytes) -> None:
        transport.write(OK[:-1])
        transport.close()

    client, _ = connect(act)
    client.send("GET", b"GET / HTTP/1.1\r\n\r\n", b"")
    await client.read_head()

    assert await client.read_piece() == b"h"
    with pytest.raises(AnswerError, match="the end inside its body"):
        await client.read_piece()


async def test_what_nobody_takes_stops_the_server() -> None:
    length = MAX_WAITING * 20

    def act(transport: asyncio.Transport, _: bytes) -> None:
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
        transport.write(bytes(length))

    client, server = connect(act)
    client.send("GET", b"GET / HTTP/1.1\r\n\r\n", b"")
    await client.read_head()
    for _ in range(100):
        await asyncio.sleep(0)

    assert server.transport.get_write_buffer_size() > length // 2
    assert len(await read_all(client)) == length


async def test_a_body_waits_for_100_continue() -> None:
    def act(transport: asyncio.Transport, data: bytes) -> None:
        if data.startswith(b"PUT"):
            assert data.endswith(b"\r\n\r\n"), "no body yet"
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        else:
            transport.write(OK)

    client, server = connect(act)
    client.send("PUT", b"PUT / HTTP/1.1\r\n\r\n", b"body", expects_continue=True)

    assert (await client.read_head()).status == 200
    assert await read_all(client) == b"hi"
    assert server.data.endswith(b"\r\n\r\nbody")


async def test_an_early_answer_ends_the_sending() -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            yield bytes(1000)
            sent += 1

    def act(transport: asyncio.Transport, data: bytes) -> None:
        if data.startswith(b"PUT"):
            transport.pause_reading()
            transport.write(OK)

    client, _ = connect(act)
    client.send("PUT", b"PUT / HTTP/1.1\r\n\r\n", pieces())
    assert (await client.read_head()).status == 200
    assert await read_all(client) == b"hi"

    assert sent < 1000, "back pressure"
    assert not client.reusable
