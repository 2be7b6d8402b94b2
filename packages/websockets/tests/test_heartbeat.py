"""groundup_websockets.heartbeat: a peer that is gone without a word is noticed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from groundup_websockets import ConnectionClosed, Opcode, WebSocket, WebSocketConfig, encode_frame
from groundup_websockets.heartbeat import Heartbeat, Pings

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Story:
    """A heartbeat and what it did."""

    def __init__(self, interval: float = 0.01, timeout: float = 0.01) -> None:
        self.pings = self.deaths = 0
        self.deaf = False
        self.beat = Heartbeat(
            asyncio.get_running_loop(),
            interval,
            timeout,
            ping=self.ping,
            dead=self.die,
            deaf=lambda: self.deaf,
        )
        self.beat.start()

    def ping(self) -> None:
        self.pings += 1

    def has_pinged(self, count: int) -> bool:
        return self.pings >= count

    def die(self) -> None:
        self.deaths += 1


async def test_silence_is_asked_about_once_and_then_is_death(until: Until) -> None:
    story = Story()

    await until(lambda: story.deaths)
    await asyncio.sleep(0.05)

    assert (story.pings, story.deaths) == (1, 1)


async def test_any_sign_of_life_will_do(until: Until) -> None:
    story = Story(timeout=0.1)

    for count in (1, 2, 3):
        await until(partial(story.has_pinged, count))
        story.beat.heard = asyncio.get_running_loop().time()

    story.beat.stop()
    assert story.deaths == 0


async def test_who_speaks_is_not_asked() -> None:
    story = Story(interval=0.2)

    for _ in range(30):
        story.beat.heard = asyncio.get_running_loop().time()
        await asyncio.sleep(0.01)

    story.beat.stop()
    assert story.pings == 0


async def test_while_we_do_not_read_silence_proves_nothing(until: Until) -> None:
    story = Story()
    story.deaf = True

    await until(lambda: story.pings > 3)  # it is asked again and again
    assert story.deaths == 0

    story.deaf = False
    await until(lambda: story.deaths)


async def test_no_interval_means_no_heartbeat() -> None:
    story = Story(interval=0)

    await asyncio.sleep(0.02)

    assert story.pings == 0
    story.beat.stop()


async def test_a_silent_peer_is_closed_with_1011(serve: Serve, dial: Any, until: Until) -> None:
    ended: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        assert await ws.receive() is None
        ended.append(ws)

    config = WebSocketConfig(ping_interval=0.02, ping_timeout=0.02)
    peer = await dial(await serve(handler, config))

    assert await peer.reader.readexactly(2) == b"\x89\x00"
    assert (await peer.read_to_end())[:4] == b"\x88\x15\x03\xf3"
    await until(lambda: ended)
    assert (ended[0].close_code, ended[0].close_reason) == (1011, "no answer to a ping")


async def test_a_close_that_comes_after_the_verdict_does_not_change_it(
    serve: Serve, dial: Any, until: Until
) -> None:
    sockets: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        sockets.append(ws)
        await asyncio.sleep(10)

    config = WebSocketConfig(ping_interval=0.02, ping_timeout=0.02)
    peer = await dial(await serve(handler, config))
    await until(lambda: sockets and sockets[0]._connection._ending)
    peer.send(encode_frame(Opcode.CLOSE, key=b"abcd"))

    assert b"\x88\x15\x03\xf3no answer to a ping" in await peer.read_to_end()


async def test_a_peer_that_answers_stays(serve: Serve, dial: Any, echo: Any) -> None:
    config = WebSocketConfig(ping_interval=0.02, ping_timeout=0.2)
    peer = await dial(await serve(echo, config))

    for _ in range(4):
        assert await peer.reader.readexactly(2) == b"\x89\x00"
        peer.send(encode_frame(Opcode.PONG, key=b"abcd"))

    peer.send(encode_frame(Opcode.TEXT, b"here", key=b"abcd"))
    assert await peer.reader.readuntil(b"here")


SLOW = WebSocketConfig(ping_interval=0.05, ping_timeout=0.2, close_timeout=0.2)


async def send_for_ever(ws: WebSocket) -> None:
    while True:
        await ws.send(bytes(65536))


async def test_a_peer_that_takes_nothing_is_gone(serve: Serve, dial: Any, until: Until) -> None:
    ended: list[ConnectionClosed] = []

    async def handler(ws: WebSocket) -> None:
        with pytest.raises(ConnectionClosed) as caught:
            await send_for_ever(ws)
        ended.append(caught.value)

    peer = await dial(await serve(handler, SLOW))
    peer.writer.transport.pause_reading()

    await until(lambda: ended)
    assert ended[0].code == 1011


async def test_a_peer_that_sends_and_takes_nothing_is_gone_too(
    serve: Serve, dial: Any, until: Until
) -> None:
    ended: list[ConnectionClosed] = []

    async def read_for_ever(ws: WebSocket) -> None:
        async for _ in ws:
            pass

    async def handler(ws: WebSocket) -> None:
        reader = asyncio.create_task(read_for_ever(ws))
        with pytest.raises(ConnectionClosed) as caught:
            await send_for_ever(ws)
        ended.append(caught.value)
        await reader

    peer = await dial(await serve(handler, SLOW))
    peer.writer.transport.pause_reading()

    def has_ended() -> object:
        peer.send(encode_frame(Opcode.TEXT, b"busy", key=b"abcd"))
        return ended

    await until(has_ended)
    assert ended[0].code == 1011


async def test_a_peer_that_takes_little_is_only_slow(serve: Serve, dial: Any) -> None:
    ended: list[bool] = []

    async def handler(ws: WebSocket) -> None:
        with suppress(ConnectionClosed):
            await send_for_ever(ws)
        ended.append(True)

    peer = await dial(await serve(handler, SLOW))
    peer.writer.transport.pause_reading()
    for _ in range(20):
        await asyncio.sleep(0.05)
        peer.writer.transport.resume_reading()
        await asyncio.sleep(0.001)
        peer.writer.transport.pause_reading()

    assert ended == []


async def test_a_handler_that_does_not_read_is_no_proof_against_its_peer(
    serve: Serve, dial: Any
) -> None:
    async def handler(ws: WebSocket) -> None:
        await asyncio.sleep(0.3)
        await ws.send("still here")

    config = WebSocketConfig(max_queue=1, ping_interval=0.02, ping_timeout=0.02)
    peer = await dial(await serve(handler, config))
    peer.send(encode_frame(Opcode.TEXT, b"x", key=b"abcd") * 10)

    assert await asyncio.wait_for(peer.reader.readuntil(b"still here"), 5)


async def test_a_pong_answers_all_earlier_pings() -> None:
    pings = Pings()
    (_, first), (second_payload, second), (_, third) = (pings.ask(now) for now in (1.0, 2.0, 3.0))

    second.cancel()
    pings.answer(b"unasked", 4.0)
    pings.answer(second_payload, 5.0)

    assert (first.result(), second.cancelled(), third.done()) == (4.0, True, False)
    pings.ask(6.0)[1].cancel()
    pings.fail(ConnectionClosed(1006))
    with pytest.raises(ConnectionClosed):
        await third
