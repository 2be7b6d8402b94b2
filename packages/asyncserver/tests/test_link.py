"""groundup_asyncserver.link: slow readers, broken streams, and the ways to close."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundup_asyncserver.link import to_address
from groundup_messages import Address, Request, Response

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def test_a_stream_waits_for_its_reader(in_memory: Any, turns: Any) -> None:
    made = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal made
        for _ in range(100):
            made += 1
            yield b"x" * 1000

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    transport = in_memory(handler, high=5000)
    await transport.feed(GET)
    assert 4 < made < 8

    received = b""
    while not received.endswith(b"0\r\n\r\n"):
        received += transport.take()
        await turns()
    assert made == 100


async def test_a_reader_that_takes_nothing_is_reset(in_memory: Any) -> None:
    closed = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 1000
        finally:
            closed.set()

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    transport = in_memory(handler, high=5000, write_timeout=0.05)
    await transport.feed(GET)

    await asyncio.wait_for(closed.wait(), 2)
    assert transport.aborted


@pytest.mark.parametrize(("taken", "reset"), [(3000, False), (2999, True)])
async def test_a_reader_must_take_enough_in_each_stretch_of_time(
    in_memory: Any, taken: int, reset: bool
) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, b"x" * 100_000)

    transport = in_memory(handler, write_timeout=30, min_rate=100)
    await transport.feed(GET)

    for _ in range(5):
        transport.buffered -= taken
        transport.protocol.expire()
        if transport.aborted:
            break

    assert transport.aborted is reset


async def test_a_large_answer_ends_before_the_next_one_begins(in_memory: Any, turns: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, b"x" * 100_000)

    transport = in_memory(handler)
    await transport.feed(GET * 5)
    assert bytes(transport.written).count(b"HTTP/1.1 200") == 1

    answers = b""
    for _ in range(5):
        answers += transport.take()
        await turns()
    assert answers.count(b"HTTP/1.1 200") == 5


async def test_a_connection_closes_though_its_reader_never_reads(in_memory: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, "answer", {"Connection": "close"})

    transport = in_memory(handler, write_timeout=0.05)
    transport.close = lambda: None  # as one that cannot flush
    await transport.feed(GET)

    for _ in range(100):
        await asyncio.sleep(0.01)
        if transport.aborted:
            break
    assert transport.aborted


async def test_a_stream_that_breaks_off_resets_the_connection(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"part"
        raise KeyError("broken")

    async def handler(request: Request) -> Response:
        return Response.stream(pieces())

    wire = await connect(handler)
    await wire.send(b"GET / HTTP/1.0\r\n\r\n")  # a version that ends a body by closing

    with pytest.raises(ConnectionResetError):
        await wire.read_all()
    assert "broke off: KeyError('broken')" in caplog.text


async def test_files_are_sent_by_the_kernel_or_not_but_whole(tmp_path: Path, exchange: Any) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(bytes(range(256)) * 10_000)

    async def handler(request: Request) -> Response:
        return Response.file(path)

    answer = await exchange(handler, b"GET / HTTP/1.0\r\n\r\n")

    assert answer.partition(b"\r\n\r\n")[2] == path.read_bytes()


async def test_a_file_is_sent_to_a_slow_reader_in_bounded_memory(
    tmp_path: Path, in_memory: Any
) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"x" * 3_000_000)

    async def handler(request: Request) -> Response:
        return Response.file(path)

    transport = in_memory(handler)
    await transport.feed(GET)
    total, most = 0, 0
    while total < 3_000_000:
        await asyncio.sleep(0.001)
        most = max(most, transport.buffered)
        total += len(transport.take())

    assert most < 300_000


async def test_a_file_is_closed_when_its_reader_leaves(tmp_path: Path, connect: Any) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"x" * 30_000_000)
    closed = asyncio.Event()

    async def handler(request: Request) -> Response:
        response = Response.file(path)
        response.call_on_close(closed.set)
        return response

    wire = await connect(handler)
    await wire.send(GET)
    await wire.read(1000)
    wire.writer.transport.abort()

    await asyncio.wait_for(closed.wait(), 5)


@pytest.mark.parametrize("reads", [False, True])
async def test_who_reads_a_file_slowly_gets_it_and_who_does_not_is_reset(
    tmp_path: Path, start: Any, reads: bool
) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"x" * 20_000_000)

    async def handler(request: Request) -> Response:
        return Response.file(path)

    server = await start(handler, write_timeout=0.2, min_rate=1000)
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.setblocking(False)
        await loop.sock_sendall(client, b"GET / HTTP/1.0\r\n\r\n")
        received = 0
        while reads and (piece := await loop.sock_recv(client, 1_000_000)):
            received += len(piece)
            await asyncio.sleep(0.03)
        for _ in range(1000):
            if not server.connections:
                break
            await asyncio.sleep(0.01)

    assert not server.connections
    assert (received > 20_000_000) == reads


async def test_slow_readers_do_not_hold_others(start: Any, connect: Any) -> None:
    async def handler(request: Request) -> Response:
        return Response(200, b"x" * (10_000_000 if request.path == "/large" else 10))

    server = await start(handler, grace=0)
    slow: list[socket.socket] = []
    for _ in range(20):
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        slow.append(sock)
    wire = await connect(server)

    for _ in range(20):
        await wire.send(GET)
        assert (await wire.read_response())[1] == b"x" * 10
    for sock in slow:
        sock.close()


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (("127.0.0.1", 80), Address("127.0.0.1", 80)),
        (("::1", 80, 0, 0), Address("::1", 80)),
        ("/run/a.sock", Address("/run/a.sock")),
        (b"\0abstract", Address("\0abstract")),
        ("", None),
        (None, None),
    ],
)
def test_addresses_are_what_sockets_say(name: Any, address: Address | None) -> None:
    assert to_address(name) == address


async def test_a_client_that_has_reset_the_connection_cannot_be_lingered_for(
    in_memory: Any,
) -> None:
    def refuse() -> None:
        raise OSError(107, "Transport endpoint is not connected")

    async def handler(request: Request) -> Response:
        return Response(200, "never asked")

    transport = in_memory(handler)
    transport.write_eof = refuse

    await transport.feed(b"nonsense\r\n\r\n")

    assert transport.closing
