"""groundup_websockets.connection: memory stays flat whatever a peer does."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_websockets import Opcode, WebSocket, WebSocketConfig, connect, encode_frame

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]

KEY = b"abcd"
TEXT = encode_frame(Opcode.TEXT, b"x", key=KEY)
PING = encode_frame(Opcode.PING, b"x" * 125, key=KEY)


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


async def test_pongs_wait_for_a_peer_that_does_not_read_them(
    serve: Serve, dial: Any, until: Until, echo: Any
) -> None:
    sockets: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        sockets.append(ws)
        await ws.receive()

    peer = await dial(await serve(handler))
    peer.writer.transport.pause_reading()
    for _ in range(200):
        peer.send(PING * 500)
    await until(lambda: sockets and sockets[0]._connection.gate.shut)
    await asyncio.sleep(0.05)

    transport = sockets[0]._connection.transport
    assert transport.get_write_buffer_size() < 1_000_000

    peer.writer.transport.resume_reading()
    data = await asyncio.wait_for(peer.reader.readexactly(127 * 100_000), 20)
    assert data == encode_frame(Opcode.PONG, b"x" * 125) * 100_000


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


async def test_a_message_that_is_too_big_closes_with_1009(serve: Serve, echo: Any) -> None:
    url = await serve(echo, WebSocketConfig(max_message=1000))

    async with connect(url) as ws:
        await ws.send(bytes(1000))
        assert await ws.receive() == bytes(1000)
        await ws.send(bytes(1001))
        assert await ws.receive() is None

    assert ws.close_code == 1009
    assert "at most 1000 bytes" in ws.close_reason or "limit of its size" in ws.close_reason
