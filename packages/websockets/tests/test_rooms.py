"""groundup_websockets.rooms: what one publishes, all hear, and none waits for another."""

import asyncio
import gc
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from groundup_websockets import RoomLimitError, Rooms, WebSocket, WebSocketConfig, connect

Serve = Callable[..., Awaitable[str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Listener:
    """A subscriber that never waits."""

    def __init__(self) -> None:
        self.heard: list[str | bytes] = []
        self.there = True

    def enqueue(self, message: str | bytes) -> bool:
        if self.there:
            self.heard.append(message)
        return self.there


class AwaitedListener:
    """A subscriber that can only be awaited, like the WebSocket of an ASGI server."""

    def __init__(self) -> None:
        self.heard: list[str | bytes] = []
        self.closed = False

    async def send(self, message: str | bytes) -> None:
        await asyncio.sleep(0)
        self.heard.append(message)


# -- names ----------------------------------------------------------------------------------------


def test_one_name_is_one_room() -> None:
    rooms = Rooms()

    room = rooms.get_or_create("a")

    assert rooms.get_or_create("a") is room
    assert rooms.get_or_create("b") is not room
    assert (room.name, repr(room)) == ("a", "<Room 'a' members=0>")
    assert room
    assert rooms


async def test_a_room_lives_as_long_as_its_members() -> None:
    rooms = Rooms()
    listener = Listener()

    rooms.get_or_create("a").subscribe(listener)
    gc.collect()
    assert len(rooms) == 1
    assert "a" in rooms
    assert [room.name for room in rooms] == ["a"]
    room = rooms.get("a")
    assert room is rooms.get_or_create("a")
    assert room is not None

    room.unsubscribe(listener)
    assert (len(rooms), rooms.get("a"), "a" in rooms) == (0, None, False)
    assert rooms.get_or_create("a") is room  # somebody still holds it


def test_names_that_nobody_listens_to_leave_nothing_behind() -> None:
    rooms = Rooms(max_rooms=1)

    for number in range(1000):
        rooms.get_or_create(f"room {number}").publish("x")

    assert len(rooms._rooms) == 0


# -- members --------------------------------------------------------------------------------------


async def test_what_is_published_all_hear() -> None:
    room = Rooms().get_or_create("a")
    listeners = [Listener() for _ in range(3)]
    for listener in listeners:
        room.subscribe(listener)

    assert room.publish("text") == 3
    assert room.publish(b"bytes") == 3
    assert room.publish({"type": "é"}) == 3

    for listener in listeners:
        assert listener.heard == ["text", b"bytes", '{"type":"é"}']


async def test_subscribing_twice_is_subscribing_once() -> None:
    room = Rooms().get_or_create("a")
    listener = Listener()

    room.subscribe(listener)
    room.subscribe(listener)
    assert (len(room), listener in room) == (1, True)
    room.publish("x")
    room.unsubscribe(listener)
    room.unsubscribe(listener)

    assert (len(room), listener in room) == (0, False)
    assert listener.heard == ["x"]


async def test_who_takes_no_more_is_forgotten() -> None:
    rooms = Rooms()
    room = rooms.get_or_create("a")
    here, gone = Listener(), Listener()
    room.subscribe(here)
    room.subscribe(gone)
    gone.there = False

    assert room.publish("x") == 1

    assert gone not in room
    here.there = False
    assert room.publish("y") == 0
    assert len(rooms) == 0


async def test_a_value_that_is_no_json_is_refused_before_anybody_hears() -> None:
    room = Rooms().get_or_create("a")
    listener = Listener()
    room.subscribe(listener)

    with pytest.raises(TypeError, match="serializable"):
        room.publish({"x": object()})

    assert listener.heard == []


async def test_subscribers_may_be_awaitable(until: Until) -> None:
    room = Rooms().get_or_create("a")
    listener = AwaitedListener()
    room.subscribe(listener)

    assert room.publish("one") == 1
    room.publish({"two": 2})

    await until(lambda: listener.heard == ["one", '{"two":2}'])
    listener.closed = True
    assert room.publish("three") == 0
    room.subscribe(listener)
    assert len(room) == 0


async def test_unsubscribing_stops_what_waits() -> None:
    room = Rooms().get_or_create("a")
    listener = AwaitedListener()
    room.subscribe(listener)
    room.publish("x")

    room.unsubscribe(listener)
    await asyncio.sleep(0.01)

    assert listener.heard == []


async def test_what_can_take_no_message_is_refused() -> None:
    rooms = Rooms()
    room = rooms.get_or_create("a")

    with pytest.raises(TypeError, match="must have enqueue"):
        room.subscribe(object())

    assert (len(room), len(rooms)) == (0, 0)


async def test_a_room_has_a_limit() -> None:
    room = Rooms(max_members=2).get_or_create("a")
    room.subscribe(Listener())
    room.subscribe(Listener())

    with pytest.raises(RoomLimitError, match="at most 2 members"):
        room.subscribe(Listener())

    assert len(room) == 2


async def test_the_house_has_a_limit() -> None:
    rooms = Rooms(max_rooms=2)
    listener = Listener()
    rooms.get_or_create("a").subscribe(listener)
    rooms.get_or_create("b").subscribe(listener)

    with pytest.raises(RoomLimitError, match="at most 2 rooms"):
        rooms.get_or_create("c").subscribe(listener)

    rooms.get_or_create("a").unsubscribe(listener)
    rooms.get_or_create("c").subscribe(listener)
    assert len(rooms) == 2


# -- threads --------------------------------------------------------------------------------------


async def test_publishing_from_threads(until: Until) -> None:
    room = Rooms().get_or_create("a")
    listener = Listener()
    room.subscribe(listener)
    counts: list[int] = []

    def work(name: int) -> None:
        counts.extend(room.publish([name, number]) for number in range(50))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)

    await until(lambda: len(listener.heard) == 200)
    assert counts == [1] * 200
    for name in range(4):
        mine = [text for text in listener.heard if str(text).startswith(f"[{name},")]
        assert mine == [f"[{name},{number}]" for number in range(50)]


def test_rooms_are_looked_up_from_threads() -> None:
    rooms = Rooms()
    found: list[Any] = []

    threads = [
        threading.Thread(target=lambda: found.append(rooms.get_or_create("a"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1


async def test_members_belong_to_one_loop() -> None:
    room = Rooms().get_or_create("a")
    room.subscribe(Listener())

    async def join() -> None:
        room.subscribe(Listener())

    with pytest.raises(RuntimeError, match="one event loop"):
        await asyncio.to_thread(asyncio.run, join())


def test_publishing_after_the_end_of_the_loop_is_nothing() -> None:
    room = Rooms().get_or_create("a")

    async def join() -> None:
        room.subscribe(Listener())

    asyncio.run(join())

    assert room.publish("x") == 0


def test_publishing_without_a_loop_and_members_is_nothing() -> None:
    assert Rooms().get_or_create("a").publish("x") == 0


# -- real sockets ---------------------------------------------------------------------------------


async def test_a_chat(serve: Serve, until: Until) -> None:
    rooms = Rooms()

    async def chat(ws: WebSocket) -> None:
        room = rooms.get_or_create("lobby")
        room.subscribe(ws)
        try:
            async for message in ws:
                room.publish({"text": message})
        finally:
            room.unsubscribe(ws)

    url = await serve(chat)

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(url)) for _ in range(3)]
        await until(lambda: len(rooms.get_or_create("lobby")) == 3)
        await clients[0].send("hello")
        assert [await client.receive() for client in clients] == ['{"text":"hello"}'] * 3

    await until(lambda: len(rooms) == 0)


async def test_a_closed_websocket_leaves_by_itself(serve: Serve, until: Until) -> None:
    rooms = Rooms()

    async def careless(ws: WebSocket) -> None:
        rooms.get_or_create("a").subscribe(ws)
        await ws.receive()
        rooms.get_or_create("b").subscribe(ws)

    async with connect(await serve(careless)):
        await until(lambda: len(rooms) == 1)

    await until(lambda: len(rooms) == 0)


async def test_a_slow_client_delays_nobody_and_is_cut_off(
    serve: Serve, dial: Any, until: Until
) -> None:
    rooms = Rooms()

    async def listen(ws: WebSocket) -> None:
        rooms.get_or_create("a").subscribe(ws)
        await ws.receive()

    url = await serve(listen, WebSocketConfig(write_limit=200_000))
    slow = await dial(url)
    slow.writer.transport.pause_reading()

    async with connect(url) as ws:
        room = rooms.get_or_create("a")
        await until(lambda: len(room) == 2)
        started = time.perf_counter()
        count = 0
        while len(room) == 2:
            room.publish(bytes(50_000))
            count += 1
            assert await ws.receive() == bytes(50_000)
        assert time.perf_counter() - started < 5
        assert room.publish("still here") == 1
        assert await ws.receive() == "still here"


async def test_a_burst_is_normal_life(serve: Serve, until: Until) -> None:
    rooms = Rooms()

    async def listen(ws: WebSocket) -> None:
        rooms.get_or_create("a").subscribe(ws)
        await ws.receive()

    url = await serve(listen)

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(url)) for _ in range(10)]
        room = rooms.get_or_create("a")
        await until(lambda: len(room) == 10)
        for number in range(400):
            assert room.publish({"n": number, "text": "x" * 100}) == 10
        for client in clients:
            messages = [await client.receive() for _ in range(400)]
            assert str(messages[-1]).startswith('{"n":399,')
