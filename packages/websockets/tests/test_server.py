"""groundup_websockets.server: however it ends, the handler's finally runs and the peer is told."""

import asyncio
import logging
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_websockets import (
    Opcode,
    RoomLimitError,
    WebSocket,
    WebSocketConfig,
    connect,
    encode_frame,
)

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]

KEY = b"abcd"
FAST = WebSocketConfig(linger=0.05, close_timeout=0.2)


async def close_code(url: str) -> int | None:
    """Return how the server closes."""
    async with connect(url) as ws:
        assert await ws.receive() is None
    return ws.close_code


async def test_a_handler_that_returns_closes_with_1000(serve: Serve) -> None:
    async def handler(ws: WebSocket) -> None:
        pass

    assert await close_code(await serve(handler)) == 1000


async def test_an_error_closes_with_1011_and_is_logged_and_not_told(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(ws: WebSocket) -> None:
        raise KeyError("secret")

    async with connect(await serve(handler)) as ws:
        assert await ws.receive() is None

    assert (ws.close_code, ws.close_reason) == (1011, "")
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].getMessage() == "the handler of a WebSocket failed"


async def test_an_error_may_carry_its_close_code(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(ws: WebSocket) -> None:
        raise RoomLimitError("full")

    assert await close_code(await serve(handler)) == 1013
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_cancelled_handler_closes_with_1001(serve: Serve) -> None:
    async def handler(ws: WebSocket) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(10)

    assert await close_code(await serve(handler)) == 1001


async def test_sending_to_one_who_left_is_no_error(
    serve: Serve, caplog: pytest.LogCaptureFixture, until: Until
) -> None:
    done: list[bool] = []

    async def handler(ws: WebSocket) -> None:
        try:
            assert await ws.receive() is None
            await ws.send("anybody?")
        finally:
            done.append(True)

    async with connect(await serve(handler)):
        pass

    await until(lambda: done)
    assert caplog.records == []


async def test_a_connection_that_just_broke_is_no_error_either(
    serve: Serve, caplog: pytest.LogCaptureFixture, until: Until, dial: Any
) -> None:
    done: list[int | None] = []

    async def handler(ws: WebSocket) -> None:
        ws._connection.transport.abort()
        assert ws.enqueue("x") is False
        try:
            await ws.send("x")
        finally:
            done.append(ws.close_code)

    await dial(await serve(handler))

    await until(lambda: done)
    assert done == [1006]
    assert caplog.records == []


async def test_the_task_of_a_handler_has_a_name(serve: Serve) -> None:
    tasks: list[str] = []

    async def handler(ws: WebSocket) -> None:
        task = asyncio.current_task()
        tasks.append(task.get_name() if task else "")

    await close_code(await serve(handler))

    assert tasks == ["websocket handler"]


def reset(peer: Any) -> None:
    option = struct.pack("ii", 1, 0)  # linger for no time: a reset in place of an orderly end
    peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
    peer.writer.transport.abort()


def close(peer: Any) -> None:
    peer.send(encode_frame(Opcode.CLOSE, key=KEY))


def hang_up(peer: Any) -> None:
    peer.writer.transport.abort()


def leave_half_a_frame(peer: Any) -> None:
    peer.send(b"\x81\x85ab")
    peer.writer.write_eof()


def break_a_rule(peer: Any) -> None:
    peer.send(b"\x81\x05Hello")


LEAVING = [
    (close, 1005),
    (hang_up, 1006),
    (reset, 1006),
    (leave_half_a_frame, 1006),
    (break_a_rule, 1002),
]


@pytest.mark.parametrize(("leave", "code"), LEAVING)
@pytest.mark.parametrize("attentive", [True, False])
async def test_every_way_of_leaving_runs_the_handlers_finally(
    serve: Serve,
    dial: Any,
    until: Until,
    leave: Callable[[Any], object],
    code: int,
    attentive: bool,
) -> None:
    ended: list[int | None] = []

    async def handler(ws: WebSocket) -> None:
        try:
            if attentive:
                async for _ in ws:
                    pass
            else:
                await asyncio.Event().wait()
        finally:
            ended.append(ws.close_code)

    peer = await dial(await serve(handler, FAST))
    leave(peer)

    await until(lambda: ended)
    assert ended == [code]


async def test_what_came_before_a_close_is_answered_before_it(serve: Serve, dial: Any) -> None:
    async def handler(ws: WebSocket) -> None:
        async for message in ws:
            await asyncio.sleep(0.001)
            await ws.send(message)

    peer = await dial(await serve(handler))
    texts = b"".join(encode_frame(Opcode.TEXT, b"%d" % i, key=KEY) for i in range(20))

    peer.send(texts + encode_frame(Opcode.CLOSE, b"\x03\xe8", key=KEY))

    echoes = b"".join(encode_frame(Opcode.TEXT, b"%d" % i) for i in range(20))
    assert await peer.read_to_end() == echoes + b"\x88\x02\x03\xe8"


async def test_what_came_before_a_violation_is_answered_before_it(
    serve: Serve, dial: Any, echo: Any
) -> None:
    peer = await dial(await serve(echo))

    peer.send(encode_frame(Opcode.TEXT, b"ok", key=KEY) + b"\x81\x00" + bytes(100_000))

    answer = await peer.read_to_end()
    assert answer.startswith(b"\x81\x02ok\x88")
    assert answer[6:8] == b"\x03\xea"  # 1002
    assert b"client must mask" in answer


async def test_a_handler_that_does_not_read_delays_a_close_by_a_moment_only(
    serve: Serve, dial: Any
) -> None:
    async def handler(ws: WebSocket) -> None:
        await asyncio.sleep(10)

    peer = await dial(await serve(handler, FAST))

    peer.send(encode_frame(Opcode.TEXT, b"x", key=KEY) + encode_frame(Opcode.CLOSE, key=KEY))

    assert await peer.read_to_end() == b"\x88\x00"


async def test_a_peer_that_never_answers_a_close_is_dropped(serve: Serve, dial: Any) -> None:
    async def handler(ws: WebSocket) -> None:
        await ws.close(1001)

    peer = await dial(await serve(handler, FAST))

    assert await peer.read_to_end() == b"\x88\x02\x03\xe9"


async def test_a_close_reaches_the_end_although_nobody_reads(serve: Serve, dial: Any) -> None:
    ended: list[bool] = []

    async def handler(ws: WebSocket) -> None:
        while not ws.closed:
            if len(ws._connection.inbox) == 2:
                await ws.close()
            await asyncio.sleep(0.001)
        ended.append(True)

    config = WebSocketConfig(max_queue=2, close_timeout=5)
    peer = await dial(await serve(handler, config))
    peer.send(encode_frame(Opcode.TEXT, b"x", key=KEY) * 5000)
    await peer.reader.readexactly(4)

    peer.send(encode_frame(Opcode.CLOSE, b"\x03\xe8", key=KEY))

    assert await peer.read_to_end() == b""


async def test_a_peer_that_hangs_up_behind_its_close_is_answered_still(
    serve: Serve, dial: Any, echo: Any
) -> None:
    async def handler(ws: WebSocket) -> None:
        await asyncio.sleep(0.01)
        await echo(ws)

    peer = await dial(await serve(handler))

    peer.send(encode_frame(Opcode.TEXT, b"x", key=KEY) + encode_frame(Opcode.CLOSE, key=KEY))
    peer.writer.write_eof()

    assert await peer.read_to_end() == b"\x81\x01x\x88\x00"


async def test_closing_after_the_peer_did_answers_with_its_code(serve: Serve, dial: Any) -> None:
    codes: list[int | None] = []

    async def handler(ws: WebSocket) -> None:
        await asyncio.sleep(0.05)
        await ws.close(4000)
        codes.append(ws.close_code)

    peer = await dial(await serve(handler))

    peer.send(encode_frame(Opcode.CLOSE, (4321).to_bytes(2, "big"), key=KEY))

    assert await peer.read_to_end() == b"\x88\x02" + (4321).to_bytes(2, "big")
    assert codes == [4321]


async def test_the_server_ends_tcp_and_the_client_waits_for_it(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        await ws.close()
        assert ws._connection.lost.done()
        assert ws.close_code == 1000


async def test_bytes_right_behind_the_handshake_belong_to_the_websocket(
    serve: Serve, echo: Any
) -> None:
    url = await serve(echo)
    host, _, port = url.removeprefix("ws://").rstrip("/").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
        + encode_frame(Opcode.TEXT, b"early", key=KEY)
    )

    await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(7) == b"\x81\x05early"
    writer.transport.abort()
