"""groundup_websockets.redis: rooms over processes, with a real server."""

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from groundup_websockets import RedisRooms, RoomLimitError

redis = pytest.importorskip("redis.asyncio", reason="the extra `redis` is not installed")


Until = Callable[[Callable[[], object]], Awaitable[None]]
MakeRooms = Callable[..., RedisRooms]


class Listener:
    """A subscriber that never waits."""

    def __init__(self) -> None:
        self.heard: list[str | bytes] = []

    def enqueue(self, message: str | bytes) -> bool:
        self.heard.append(message)
        return True


@pytest.fixture
async def make_rooms(redis_url: str, redis_prefix: str) -> AsyncIterator[MakeRooms]:
    """Rooms as another process would have them."""
    made: list[RedisRooms] = []

    def make(url: str = redis_url, **options: Any) -> RedisRooms:
        rooms = RedisRooms(url, prefix=redis_prefix, **options)
        made.append(rooms)
        return rooms

    yield make
    for rooms in made:
        await rooms.close()


async def test_members_in_other_processes_hear(make_rooms: MakeRooms, until: Until) -> None:
    here, there = make_rooms(), make_rooms()
    one, two = Listener(), Listener()
    here.get_or_create("a").subscribe(one)
    there.get_or_create("a").subscribe(two)
    await there.start()
    await until(lambda: not there._orders)

    assert here.get_or_create("a").publish("text") == 1
    here.get_or_create("a").publish(b"\xff")
    here.get_or_create("a").publish({"x": 1})

    await until(lambda: len(one.heard) == len(two.heard) == 3)
    assert one.heard == two.heard == ["text", b"\xff", '{"x":1}']


async def test_who_subscribes_hears_what_is_published_after_that(
    make_rooms: MakeRooms, until: Until
) -> None:
    rooms = make_rooms()
    listener = Listener()
    room = rooms.get_or_create("a")

    room.subscribe(listener)
    for number in range(300):
        room.publish(str(number))

    await until(lambda: len(listener.heard) == 300)
    assert listener.heard == [str(number) for number in range(300)]


async def test_who_has_left_hears_nothing(make_rooms: MakeRooms, until: Until) -> None:
    rooms = make_rooms()
    gone, here = Listener(), Listener()
    rooms.get_or_create("a").subscribe(gone)
    rooms.get_or_create("b").subscribe(here)

    rooms.get_or_create("a").unsubscribe(gone)
    rooms.get_or_create("a").publish("x")
    rooms.get_or_create("b").publish("y")

    await until(lambda: here.heard)
    assert gone.heard == []
    assert len(rooms) == 1


async def test_who_comes_back_hears_again(make_rooms: MakeRooms, until: Until) -> None:
    rooms = make_rooms()
    listener = Listener()
    room = rooms.get_or_create("a")

    for _ in range(3):
        room.subscribe(listener)
        room.unsubscribe(listener)
    room.subscribe(listener)
    room.publish("x")

    await until(lambda: listener.heard == ["x"])


async def test_a_publisher_needs_no_members(make_rooms: MakeRooms, until: Until) -> None:
    here, there = make_rooms(), make_rooms()
    listener = Listener()
    there.get_or_create("a").subscribe(listener)
    await until(lambda: there._tasks and not there._orders)

    assert here.get_or_create("a").publish("x") == 0

    await until(lambda: listener.heard == ["x"])


async def test_publishing_from_a_thread(make_rooms: MakeRooms, until: Until) -> None:
    rooms = make_rooms()
    listener = Listener()
    rooms.get_or_create("a").subscribe(listener)

    thread = threading.Thread(target=lambda: rooms.get_or_create("a").publish("x"))
    thread.start()
    await asyncio.to_thread(thread.join)

    await until(lambda: listener.heard == ["x"])


async def test_a_thread_cannot_be_the_first(make_rooms: MakeRooms) -> None:
    rooms = make_rooms()

    with pytest.raises(RuntimeError, match=r"await rooms\.start"):
        await asyncio.to_thread(lambda: rooms.get_or_create("a").publish("x"))


async def test_limits_are_those_of_rooms(make_rooms: MakeRooms) -> None:
    rooms = make_rooms(max_rooms=1)
    rooms.get_or_create("a").subscribe(Listener())

    with pytest.raises(RoomLimitError):
        rooms.get_or_create("b").subscribe(Listener())


async def test_messages_outlive_a_broken_connection(
    make_rooms: MakeRooms, redis_url: str, redis_prefix: str, until: Until
) -> None:
    name = redis_prefix.replace(":", "-")
    rooms = make_rooms(f"{redis_url}?client_name={name}")
    listener = Listener()
    room = rooms.get_or_create("a")
    room.subscribe(listener)
    await until(lambda: not rooms._orders)
    admin = redis.Redis.from_url(redis_url)
    ours = [client for client in await admin.client_list() if client["name"] == name]
    assert ours

    for client in ours:
        await admin.client_kill_filter(_id=client["id"])
    await admin.aclose()

    async with asyncio.timeout(5):
        while "again" not in listener.heard:
            room.publish("again")
            await asyncio.sleep(0.02)


async def test_redis_away_is_said_once_and_only_so_much_waits(
    make_rooms: MakeRooms, caplog: pytest.LogCaptureFixture, until: Until
) -> None:
    rooms = make_rooms("redis://127.0.0.1:1/0", max_waiting=3)
    room = rooms.get_or_create("a")

    for number in range(5):
        room.publish(number)

    await until(lambda: any("cannot reach Redis" in record.message for record in caplog.records))
    await asyncio.sleep(0.2)
    errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert len(rooms._orders) == 3
    assert [error for error in errors if "dropped" in error] == [
        "a message is dropped: 3 wait for Redis already"
    ] * 2
    assert sum("cannot reach Redis" in error for error in errors) == 1
    rooms._orders.clear()
    rooms._idle.set()


async def test_what_others_put_into_a_channel_harms_nobody(
    make_rooms: MakeRooms, redis_url: str, redis_prefix: str, until: Until
) -> None:
    rooms = make_rooms()
    listener = Listener()
    room = rooms.get_or_create("a")
    room.subscribe(listener)
    await until(lambda: not rooms._orders)

    admin = redis.Redis.from_url(redis_url)
    for data in (b"t\xff", b"", b"b\xff"):
        await admin.publish(f"{redis_prefix}room:a", data)
    await admin.aclose()

    await until(lambda: listener.heard and listener.heard[-1] == b"\xff")
    assert listener.heard == [b"", b"\xff"]


async def test_closing_carries_out_what_waits(make_rooms: MakeRooms, until: Until) -> None:
    here, there = make_rooms(), make_rooms()
    listener = Listener()
    there.get_or_create("a").subscribe(listener)
    await until(lambda: not there._orders)

    here.get_or_create("a").publish("last words")
    await here.close()
    await here.close()
    here.get_or_create("a").publish("too late")

    await until(lambda: listener.heard == ["last words"])
    assert not here._tasks
    assert not here._orders


def test_a_missing_extra_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)

    with pytest.raises(ImportError, match=r"pip install 'groundup-websockets\[redis\]'"):
        RedisRooms("redis://localhost")


async def test_starting_waits_for_redis_and_gives_up(
    make_rooms: MakeRooms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await make_rooms().start()
    monkeypatch.setattr("groundup_websockets.redis.PATIENCE", 0.1)
    away = make_rooms("redis://127.0.0.1:1/0")

    with pytest.raises(TimeoutError):
        await away.start()
    away.get_or_create("a").publish("nobody hears this")
    await away.close()
    assert "1 messages did not reach Redis" in caplog.text


async def test_a_silent_redis_is_asked_and_stays(
    make_rooms: MakeRooms, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("groundup_websockets.redis.QUIET", 0.02)
    rooms = make_rooms()
    listener = Listener()
    rooms.get_or_create("a").subscribe(listener)
    await rooms.start()
    await asyncio.sleep(0.1)

    rooms.get_or_create("a").publish("still there")

    await until(lambda: listener.heard == ["still there"])
    assert not rooms._trouble
