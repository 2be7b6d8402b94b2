"""groundup_asyncserver.acceptor: it waits when the system is short, says so once, and recovers."""

import asyncio
import errno
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from groundup_asyncserver import Server, ServerConfig, acceptor
from groundup_asyncserver.acceptor import Acceptor
from groundup_messages import Request, Response

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def ok(request: Request) -> Response:
    return Response(200, "ok")


class Exhausted(socket.socket):
    """A listening socket of a system that has nothing left for a number of times."""

    refusals: list[OSError] = []  # noqa: RUF012 - filled by the test

    def accept(self) -> Any:
        if self.refusals:
            raise self.refusals.pop()
        return super().accept()


async def serve_exhausted(refusals: list[OSError]) -> tuple[Server, Exhausted]:
    listening = Exhausted(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    listening.setblocking(False)
    listening.refusals = refusals
    server = Server(ok, ServerConfig(), sockets=[listening])
    await server.start()
    return server, listening


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
async def test_a_system_without_descriptors_is_waited_for(
    connect: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    monkeypatch.setattr(acceptor, "PAUSE", 0.01)
    server, listening = await serve_exhausted([OSError(number, "none left") for _ in range(5)])

    wire = await connect(server)
    await wire.send(GET)

    assert (await wire.read_response())[1] == b"ok"
    assert listening.refusals == []
    assert [record.getMessage() for record in caplog.records] == [
        "cannot accept connections for now: none left"
    ]
    await server.stop()


async def test_it_can_be_closed_while_it_waits(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server, listening = await serve_exhausted([OSError(errno.EMFILE, "none left")])
    wire = await connect(server)
    for _ in range(1000):
        await asyncio.sleep(0.001)
        if not listening.refusals:
            break

    await server.stop()

    with pytest.raises(ConnectionError):
        assert await wire.read_all() == b"never"


async def test_a_connection_keeps_no_more_than_the_piece_being_sent(
    start: Any, connect: Any
) -> None:
    server = await start(ok)
    wire = await connect(server)
    await wire.send(GET)
    await wire.read_response()

    (connection,) = server._context.connections
    assert connection.transport.get_write_buffer_limits() == (0, 1)


async def test_a_client_that_leaves_the_queue_is_no_trouble(connect: Any) -> None:
    server, _ = await serve_exhausted([ConnectionAbortedError(), InterruptedError()])

    wire = await connect(server)
    await wire.send(GET)

    assert (await wire.read_response())[1] == b"ok"
    await server.stop()


async def test_a_handshake_that_never_ends_is_dropped(start: Any, connect: Any) -> None:
    certificate = Path(__file__).with_name("localhost.pem")
    rules = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    rules.load_cert_chain(certificate)
    server = await start(ok, ssl=rules, header_timeout=0.1)

    wire = await connect(server)

    assert await wire.read_all() == b""


async def test_handshakes_are_no_way_around_the_number_of_connections(
    start: Any, connect: Any
) -> None:
    certificate = Path(__file__).with_name("localhost.pem")
    rules = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    rules.load_cert_chain(certificate)
    server = await start(ok, ssl=rules, header_timeout=60, max_connections=2)
    first, second, third = [await connect(server) for _ in range(3)]

    assert await third.read_all() == b""
    for waiting in (first, second):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waiting.reader.read(), 0.01)
    await server.stop()


async def test_a_stop_drops_handshakes(start: Any, connect: Any) -> None:
    certificate = Path(__file__).with_name("localhost.pem")
    rules = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    rules.load_cert_chain(certificate)
    server = await start(ok, ssl=rules, header_timeout=60)
    wire = await connect(server)
    await asyncio.sleep(0.02)

    async with asyncio.timeout(5):
        await server.stop()
        assert await wire.read_all() == b""


async def test_a_loop_that_cannot_watch_sockets_accepts_in_its_own_way(
    connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Acceptor) -> None:
        raise NotImplementedError

    monkeypatch.setattr(Acceptor, "start", refuse)

    async with Server(ok, ServerConfig(port=0)) as server:
        wire = await connect(server)
        await wire.send(GET)
        assert (await wire.read_response())[1] == b"ok"
