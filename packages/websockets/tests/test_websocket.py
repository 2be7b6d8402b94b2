"""groundup_websockets.websocket: messages in and out over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from groundup_websockets import ConnectionClosed, WebSocket, WebSocketConfig, connect

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.mark.parametrize("compressed", [True, False])
async def test_messages_come_back(serve: Serve, echo: Any, compressed: bool) -> None:
    url = await serve(echo)
    messages: list[str | bytes] = ["", "é", b"\xff", "x" * 200_000, b"y" * 70_000, "last"]

    async with connect(url, config=WebSocketConfig(compression=compressed)) as ws:
        for message in messages:
            await ws.send(message)
        assert [await ws.receive() for _ in messages] == messages


async def test_iteration_ends_when_the_peer_closes(serve: Serve) -> None:
    async def handler(ws: WebSocket) -> None:
        await ws.send("one")
        await ws.send_json({"two": 2})
        await ws.close(4000, "enough")

    url = await serve(handler)

    async with connect(url) as ws:
        assert [message async for message in ws] == ["one", '{"two":2}']
        assert (ws.closed, ws.close_code, ws.close_reason) == (True, 4000, "enough")
        assert repr(ws) == "<WebSocket closed 4000 enough>"
        assert await ws.receive() is None


async def test_an_open_connection_says_so(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        assert (ws.closed, ws.close_code, ws.close_reason) == (False, None, "")
        assert ws.subprotocol is None
        assert repr(ws) == "<WebSocket open>"


async def test_nothing_is_sent_after_a_close(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        await ws.close(1001, "going")
        await ws.close()
        for send in (ws.send("x"), ws.send_json([]), ws.ping()):
            with pytest.raises(ConnectionClosed, match="1001 going"):
                await send
        assert ws.enqueue("x") is False


async def test_closing_from_both_sides_at_once_is_fine(serve: Serve) -> None:
    closed: list[int | None] = []

    async def handler(ws: WebSocket) -> None:
        await ws.receive()
        await ws.close(4001)
        closed.append(ws.close_code)

    url = await serve(handler)

    async with connect(url) as ws:
        await ws.send("go")
        await asyncio.gather(ws.close(4002), ws.close(4003))

    assert ws.close_code in {4001, 4002}
    assert closed[0] in {4001, 4002}


@pytest.mark.parametrize("message", [1, None, ["x"], object()])
async def test_only_text_and_bytes_can_be_sent(serve: Serve, echo: Any, message: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        with pytest.raises(TypeError, match="must be str or bytes"):
            await ws.send(message)
        with pytest.raises(TypeError, match="must be str or bytes"):
            ws.enqueue(message)
        await ws.send(bytearray(b"still"))  # type: ignore[arg-type]  # is taken, not promised
        await ws.send(memoryview(b"open"))  # type: ignore[arg-type]  # is taken, not promised
        assert [await ws.receive(), await ws.receive()] == [b"still", b"open"]


async def test_text_that_utf8_cannot_say_is_refused_and_harms_nothing(
    serve: Serve, echo: Any
) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        with pytest.raises(UnicodeEncodeError):
            await ws.send("\ud800")
        await ws.send("fine")
        assert await ws.receive() == "fine"


async def test_a_wrong_close_closes_nothing(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        with pytest.raises(ValueError, match="close code"):
            await ws.close(1006)
        with pytest.raises(ValueError, match="at most 123"):
            await ws.close(1000, "x" * 124)
        await ws.send("fine")
        assert await ws.receive() == "fine"


async def test_a_cancelled_receive_takes_nothing(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await ws.receive()
        await ws.send("x")
        assert await ws.receive() == "x"


async def test_one_task_receives(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        first = asyncio.create_task(ws.receive())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="one task may receive"):
            await ws.receive()
        await ws.send("x")
        assert await first == "x"


async def test_send_waits_for_a_slow_peer_and_a_cancelled_one_has_sent_nothing(
    serve: Serve, dial: Any, until: Until
) -> None:
    sent: list[int] = []
    stuck: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        for number in range(1000):
            sender = asyncio.create_task(ws.send(b"%06d" % number + bytes(65530)))
            done, _ = await asyncio.wait([sender], timeout=0.2)
            if not done:
                sender.cancel()
                await asyncio.wait([sender])
                stuck.append(ws)
                break
            sent.append(number)
        await ws.send(b"end")

    peer = await dial(await serve(handler))
    peer.writer.transport.pause_reading()
    await until(lambda: stuck)
    assert len(sent) < 1000
    peer.writer.transport.resume_reading()

    data = await peer.reader.readuntil(b"\x82\x03end")

    assert len(data) == len(sent) * (10 + 65536) + 5


async def test_waiting_senders_hear_that_the_connection_is_gone(
    serve: Serve, dial: Any, until: Until
) -> None:
    errors: list[BaseException] = []
    filled = asyncio.Event()

    async def fill(ws: WebSocket) -> None:
        while True:
            await ws.send(bytes(65536))

    async def handler(ws: WebSocket) -> None:
        senders = [asyncio.create_task(fill(ws)) for _ in range(3)]
        await asyncio.wait(senders, timeout=0.3)
        filled.set()
        errors.extend(e for e in await asyncio.gather(*senders, return_exceptions=True) if e)

    peer = await dial(await serve(handler))
    await filled.wait()
    peer.writer.transport.abort()

    await until(lambda: len(errors) == 3)
    assert {type(error) for error in errors} == {ConnectionClosed}


async def test_enqueue_cuts_off_who_does_not_read(serve: Serve, dial: Any, until: Until) -> None:
    closed: list[WebSocket] = []

    async def handler(ws: WebSocket) -> None:
        while ws.enqueue(bytes(100_000)):
            pass
        assert await ws.receive() is None
        closed.append(ws)

    config = WebSocketConfig(write_limit=300_000)
    peer = await dial(await serve(handler, config))

    await until(lambda: closed)
    assert (closed[0].close_code, closed[0].close_reason) == (1013, "too slow")
    assert not (await peer.read_to_end()).endswith(b"\x88")


async def test_one_message_beyond_the_limit_goes_out_alone(serve: Serve) -> None:
    async def handler(ws: WebSocket) -> None:
        assert ws.enqueue(bytes(500_000))
        await ws.receive()

    url = await serve(handler, WebSocketConfig(write_limit=1000))

    async with connect(url) as ws:
        assert await ws.receive() == bytes(500_000)
        assert ws.enqueue("a client may enqueue too")


async def test_ping_returns_the_time_of_the_way_there_and_back(serve: Serve, echo: Any) -> None:
    url = await serve(echo)

    async with connect(url) as ws:
        times = await asyncio.gather(ws.ping(), ws.ping(), ws.ping())

    assert all(0 <= seconds < 5 for seconds in times)


async def test_a_ping_fails_when_the_connection_does(serve: Serve, dial: Any, until: Until) -> None:
    errors: list[BaseException] = []

    async def handler(ws: WebSocket) -> None:
        with pytest.raises(ConnectionClosed) as caught:
            await ws.ping()
        errors.append(caught.value)

    peer = await dial(await serve(handler))
    assert (await peer.reader.readexactly(2))[0] == 0x89
    peer.writer.transport.abort()

    await until(lambda: errors)


async def test_close_callbacks_run_once(serve: Serve, echo: Any, until: Until) -> None:
    called: list[object] = []
    url = await serve(echo)

    async with connect(url) as ws:
        ws.add_close_callback(called.append)
        ws.add_close_callback(called.append)
        forgotten: list[object] = []
        ws.add_close_callback(forgotten.append)
        ws.remove_close_callback(forgotten.append)
        ws.remove_close_callback(print)

    await until(lambda: called)
    ws.add_close_callback(called.append)
    assert called == [ws, ws]
    assert forgotten == []
