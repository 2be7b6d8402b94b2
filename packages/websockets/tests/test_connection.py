"""groundup_websockets.connection: memory stays flat whatever a peer does."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_websockets import Opcode, WebSocket, WebSocketConfig, connect, encode_frame
from groundup_websockets.connection import HIGH_WATER

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]

KEY = b"abcd"
TEXT = encode_frame(Opcode.TEXT, b"x", key=KEY)
PING = encode_frame(Opcode.PING, b"x" * 125, key=KEY)


def shrink_buffers(ws: WebSocket) -> None:
    """Let the system hold little, so that writes wait for the other end."""
    sock = ws._connection.transport.get_extra_info("socket")
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, 65536)


@pytest.mark.parametrize("message", [b"x", b"x" * 100_000], ids=["many", "large"])
async def test_nothing_is_read_for_a_handler_that_does_not(
    serve: Serve, dial: Any, until: Until, message: bytes
) -> None:
    sockets: list[WebSocket] = []
    gate = asyncio.Event()

    async def handler(ws: WebSocket) -> None:
        sockets.append(ws)
        await gate.wait()
        count = 0
        async for _ in ws:
            count += 1
            if count == 3000:
                await ws.send("all")

    config = WebSocketConfig(max_queue=8, max_message=100_000)
    peer = await dial(await serve(handler, config))
    frame = encode_frame(Opcode.BINARY, message, key=KEY)
    for _ in range(300):
        peer.send(frame * 10)
    await until(lambda: sockets and not sockets[0]._connection._reading)
    await asyncio.sleep(0.05)

    inbox = sockets[0]._connection.inbox
    assert len(inbox) <= 8
    assert inbox._bytes <= 200_000

    gate.set()
    assert await asyncio.wait_for(peer.reader.readexactly(5), 10) == b"\x81\x03all"


async def fill(ws: WebSocket) -> None:
    """Send until the peer, which does not read, has made the gate shut."""
    while not ws._connection.gate.shut:
        ws._connection.write(bytes(65536))


async def test_the_inbox_fills_while_writes_wait_and_no_further(
    serve: Serve, dial: Any, until: Until
) -> None:
    sockets: list[WebSocket] = []
    go_on = asyncio.Event()

    async def handler(ws: WebSocket) -> None:
        await fill(ws)
        sockets.append(ws)
        await go_on.wait()
        for number in range(20):
            assert await ws.receive() == str(number)
        await ws.send("all")

    peer = await dial(await serve(handler, WebSocketConfig(max_queue=8)))
    peer.writer.transport.pause_reading()
    await until(lambda: sockets)
    connection = sockets[0]._connection
    peer.send(b"".join(encode_frame(Opcode.TEXT, b"%d" % i, key=KEY) for i in range(8)))
    await until(lambda: len(connection.inbox) == 8)
    peer.send(b"".join(encode_frame(Opcode.TEXT, b"%d" % i, key=KEY) for i in range(8, 20)))
    await until(lambda: not connection._reading)
    await asyncio.sleep(0.02)
    assert (len(connection.inbox), connection.gate.shut) == (8, True)

    go_on.set()
    await until(lambda: len(connection.inbox) == 0)  # although the gate is shut still
    assert connection.gate.shut
    peer.writer.transport.resume_reading()
    assert await asyncio.wait_for(peer.reader.readuntil(b"\x81\x03all"), 10)


async def test_while_writes_wait_only_the_last_ping_is_answered(
    serve: Serve, dial: Any, until: Until
) -> None:
    sockets: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        await fill(ws)
        sockets.append(ws)
        await ws.receive()
        await ws.send("end")

    peer = await dial(await serve(handler))
    peer.writer.transport.pause_reading()
    await until(lambda: sockets)
    connection = sockets[0]._connection
    before = connection.transport.get_write_buffer_size()
    for _ in range(20):
        peer.send(PING * 500)
    peer.send(encode_frame(Opcode.PING, b"last", key=KEY) + TEXT)
    await until(lambda: connection._owed == b"last")
    assert connection.transport.get_write_buffer_size() <= before

    peer.writer.transport.resume_reading()
    data = await asyncio.wait_for(peer.reader.readuntil(b"\x81\x03end"), 10)
    assert data.strip(b"\0") == encode_frame(Opcode.PONG, b"last") + b"\x81\x03end"


async def test_a_ping_that_is_not_answered_yet_is_answered_before_our_close(
    serve: Serve, dial: Any, until: Until
) -> None:
    sockets: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        await fill(ws)
        sockets.append(ws)
        await until(lambda: ws._connection._owed)

    peer = await dial(await serve(handler))
    peer.writer.transport.pause_reading()
    await until(lambda: sockets)
    peer.send(encode_frame(Opcode.PING, b"late", key=KEY))
    await until(lambda: sockets[0].closed)

    peer.writer.transport.resume_reading()
    data = await asyncio.wait_for(peer.reader.readuntil(b"\x88\x02\x03\xe8"), 10)
    assert data.strip(b"\0") == encode_frame(Opcode.PONG, b"late") + b"\x88\x02\x03\xe8"


async def test_a_flood_of_pings_that_are_not_taken_costs_no_memory(
    serve: Serve, dial: Any, until: Until
) -> None:
    sockets: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        sockets.append(ws)
        await ws.receive()

    peer = await dial(await serve(handler))
    peer.writer.transport.pause_reading()
    await until(lambda: sockets)
    connection = sockets[0]._connection
    shrink_buffers(sockets[0])
    for _ in range(80):
        peer.send(PING * 500)
    peer.send(encode_frame(Opcode.PING, b"last", key=KEY))
    await until(lambda: connection._owed == b"last")

    assert connection.gate.shut
    assert connection.transport.get_write_buffer_size() <= HIGH_WATER + 127
    peer.writer.transport.resume_reading()
    pong = encode_frame(Opcode.PONG, b"last")
    data = await asyncio.wait_for(peer.reader.readuntil(pong), 10)
    earlier = encode_frame(Opcode.PONG, b"x" * 125)
    assert data == earlier * (len(data) // 127) + pong


async def test_pings_are_answered_between_fragments_and_while_the_inbox_is_not_full(
    serve: Serve, dial: Any
) -> None:
    async def handler(ws: WebSocket) -> None:
        await asyncio.sleep(10)

    peer = await dial(await serve(handler))

    peer.send(encode_frame(Opcode.TEXT, b"a", fin=False, key=KEY) + PING)

    assert await peer.reader.readexactly(127) == encode_frame(Opcode.PONG, b"x" * 125)


async def test_a_flood_of_messages_lets_others_run(serve: Serve, dial: Any) -> None:
    async def handler(ws: WebSocket) -> None:
        async for _ in ws:
            pass
        await asyncio.sleep(0)

    url = await serve(handler)
    peer = await dial(url)
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0)
            worst = max(worst, time.perf_counter() - start)

    watcher = asyncio.create_task(watch())
    peer.send(TEXT * 100_000 + encode_frame(Opcode.CLOSE, key=KEY))
    assert await peer.read_to_end() == b"\x88\x00"
    watcher.cancel()

    assert worst < 0.5


async def test_messages_are_answered_in_order_through_a_narrow_inbox(
    serve: Serve, echo: Any
) -> None:
    url = await serve(echo, WebSocketConfig(max_queue=1))

    async with connect(url, config=WebSocketConfig(max_queue=1)) as ws:

        async def send_all() -> None:
            for number in range(2000):
                await ws.send(str(number))

        sender = asyncio.create_task(send_all())
        assert [await ws.receive() for _ in range(2000)] == [str(n) for n in range(2000)]
        await sender


async def test_two_ends_that_send_much_to_each_other_do_not_lock_each_other(
    serve: Serve, echo: Any
) -> None:
    config = WebSocketConfig(compression=False)
    messages = [b"%06d" % number + bytes(100_000) for number in range(40)]

    async with connect(await serve(echo, config), config=config) as ws, asyncio.timeout(20):
        shrink_buffers(ws)

        async def send_all() -> None:
            for message in messages:
                await ws.send(message)

        sender = asyncio.create_task(send_all())
        assert [await ws.receive() for _ in messages] == messages
        await sender


async def test_a_message_that_is_too_big_closes_with_1009(serve: Serve, echo: Any) -> None:
    url = await serve(echo, WebSocketConfig(max_message=1000))

    async with connect(url) as ws:
        await ws.send(bytes(1000))
        assert await ws.receive() == bytes(1000)
        await ws.send(bytes(1001))
        assert await ws.receive() is None

    assert ws.close_code == 1009
    assert "at most 1000 bytes" in ws.close_reason or "limit of its size" in ws.close_reason
