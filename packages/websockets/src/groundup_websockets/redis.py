"""Rooms over many processes, by way of Redis: the same face as `Rooms`.  Talks to the network.

    process A                    Redis                      process B
    publish ──► orders ──► PUBLISH room:lobby ──► SUBSCRIBE ──► members
                                     └──────────► SUBSCRIBE ──► members of A

The publisher's own members hear a message by way of Redis too: so all members, in all processes,
hear all messages in one order.  A process subscribes to the rooms in which it has members.

`publish` and `subscribe` never wait.  They leave an order, and one task carries the orders out one
after the other: what is published after a `subscribe` is heard.  While Redis is away, orders wait,
up to a limit.  A message that was under way when the connection broke may arrive twice; what others
publish while this process has lost Redis is lost, as always with Redis's publish and subscribe.
"""

import asyncio
import logging
from collections import deque
from itertools import islice
from typing import Any, NamedTuple, cast

from groundup_websockets.prepared import PreparedMessage, to_message
from groundup_websockets.rooms import Room, Rooms

__all__ = ["RedisRooms"]

logger = logging.getLogger("groundup_websockets")

PATIENCE = 5.0  # seconds for one answer of Redis
QUIET = 30.0  # seconds of silence after which a ping must be answered
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0  # seconds between two attempts
BATCH = 100  # messages in one round trip
TEXT, BINARY = b"t", b"b"  # what the first byte of a payload says of the rest


def make_client(url: str) -> Any:
    """Return a client for a URL; it connects at its first use."""
    try:
        import redis.asyncio  # noqa: PLC0415 - an extra: who has one process needs none
    except ImportError:
        msg = "rooms over Redis need the extra: pip install 'groundup-websockets[redis]'"
        raise ImportError(msg) from None
    client = cast("Any", redis.asyncio.Redis)  # whose methods take keywords without types
    return client.from_url(url, socket_connect_timeout=PATIENCE)


class Order(NamedTuple):
    """Something to do at Redis: publish a payload; or none, and hear a channel or leave it."""

    name: str
    payload: bytes | None = None


class RedisRoom(Room):
    """A room whose members live in many processes; ``len`` counts those in this one."""

    def __init__(self, name: str, rooms: "RedisRooms") -> None:
        super().__init__(name, rooms)
        self._backplane = rooms

    def publish(self, message: Any) -> int:
        """Send to all members in all processes; return how many are in this one."""
        self._backplane.send(self.name, to_message(message))
        return len(self)


class RedisRooms(Rooms):
    """All rooms of all processes that use the same Redis and prefix.

    Belongs to the event loop on which it is used first; publishing may come from any thread after
    that.  Call ``await rooms.close()`` at the end.

        rooms = RedisRooms("redis://localhost:6379/0")

    Args:
        url: Where Redis is.
        prefix: What the names of its channels start with.
        max_rooms, max_members: Limits for this process, see `Rooms`.
        max_waiting: How many orders may wait while Redis is away; more are dropped and logged.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "groundup:",
        max_rooms: int = 10_000,
        max_members: int = 10_000,
        max_waiting: int = 10_000,
    ) -> None:
        super().__init__(max_rooms=max_rooms, max_members=max_members)
        self._client = make_client(url)
        self._channel_prefix = f"{prefix}room:"
        self._alive = f"{prefix}alive"  # nobody publishes here: it keeps the subscription open
        self._max_waiting = max_waiting
        self._orders: deque[Order] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._connected = asyncio.Event()
        self._pubsub: Any = None
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._trouble = False
        self._closed = False

    def make(self, name: str) -> Room:
        """Return a new room."""
        return RedisRoom(name, self)

    def occupy(self, room: Room) -> None:
        """Hear what is published in a room that gets its first member here."""
        super().occupy(room)
        self._order(Order(room.name))

    def leave(self, room: Room) -> None:
        """Do not hear it any more."""
        super().leave(room)
        self._order(Order(room.name))

    def send(self, name: str, message: str | bytes) -> None:
        """Publish a message in a room, from any thread."""
        kind, data = (TEXT, message.encode()) if isinstance(message, str) else (BINARY, message)
        order = Order(name, kind + data)
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is not None and self._loop in {None, here}:
            self._order(order)
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._order, order)
        else:
            raise RuntimeError(
                "a thread may publish when the rooms have an event loop: call "
                "`await rooms.start()` there first"
            )

    async def start(self) -> None:
        """Connect, and wait until messages are heard; otherwise the first use does it.

        Raises:
            TimeoutError: Redis does not answer.
        """
        self._start()
        async with asyncio.timeout(PATIENCE):
            await self._confirmation(self._alive)

    async def close(self) -> None:
        """Carry out what waits, as far as Redis answers, and disconnect.  Twice is fine."""
        self._closed = True
        if self._tasks:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._idle.wait()
            except TimeoutError:
                logger.warning("%d messages did not reach Redis", len(self._orders))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._client.aclose()

    # -- orders -------------------------------------------------------------------------------

    def _start(self) -> None:
        if not self._tasks:
            self._loop = asyncio.get_running_loop()
            self._tasks = [
                self._loop.create_task(self._listen(), name="rooms: listen"),
                self._loop.create_task(self._work(), name="rooms: work"),
            ]

    def _order(self, order: Order) -> None:
        """Leave an order.  Runs on the loop."""
        if self._closed:  # the members that are still leaving
            return
        self._start()
        # Who listens must be right even if much waits; only messages are ever dropped.
        if order.payload is not None and len(self._orders) >= self._max_waiting:
            logger.error("a message is dropped: %d wait for Redis already", len(self._orders))
            return
        self._orders.append(order)
        self._idle.clear()
        self._wake.set()

    async def _work(self) -> None:
        """Carry out orders, one after the other, and again until each is done."""
        pause = FIRST_PAUSE
        while True:
            if not self._orders:
                self._wake.clear()
                self._idle.set()
                await self._wake.wait()
            try:
                done = await self._carry_out()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next order is due
                self._report(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE
                for _ in range(done):
                    self._orders.popleft()

    async def _carry_out(self) -> int:
        """Carry out the first order, or all messages at the front; return how many are done."""
        first = self._orders[0]
        async with asyncio.timeout(PATIENCE):
            if first.payload is None:
                await self._adjust(first.name)
                return 1
            pipeline = self._client.pipeline(transaction=False)
            count = 0
            for name, payload in islice(self._orders, BATCH):
                if payload is None:
                    break
                pipeline.publish(self._channel_prefix + name, payload)
                count += 1
            await pipeline.execute()
            return count

    async def _adjust(self, name: str) -> None:
        """Hear a room if it has members now, and leave it if not."""
        channel = self._channel_prefix + name
        await self._connected.wait()
        if name in self:
            if not self._future(channel).done():
                await self._pubsub.subscribe(channel)
            await self._confirmation(channel)
        else:
            self._confirmed.pop(channel, None)
            await self._pubsub.unsubscribe(channel)

    async def _confirmation(self, channel: str) -> None:
        """Wait until Redis has said that we hear a channel."""
        await asyncio.shield(self._future(channel))

    def _future(self, channel: str) -> "asyncio.Future[None]":
        future = self._confirmed.get(channel)
        if future is None:
            future = self._confirmed[channel] = asyncio.get_running_loop().create_future()
        return future

    # -- what is heard ------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear messages, and connect again whenever that ends."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    rooms = [self._channel_prefix + room.name for room in self]
                    await pubsub.subscribe(self._alive, *rooms)
                    self._pubsub = pubsub
                    self._connected.set()
                    pause = FIRST_PAUSE
                    await self._hear(pubsub)
            except Exception as error:  # noqa: BLE001 - a task that dies would be missed by nobody
                self._report(error)
            finally:
                self._connected.clear()
                waiting = {name: f for name, f in self._confirmed.items() if not f.done()}
                self._confirmed = waiting
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, pubsub: Any) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=QUIET)
            if message is None:
                if asked:
                    raise TimeoutError("Redis did not answer a ping")
                await pubsub.ping()
            asked = message is None
            if message is not None:
                self._understand(message["type"], message["channel"], message["data"])

    def _understand(self, kind: str, channel: bytes | None, data: Any) -> None:
        if channel is None:  # the answer to a ping
            return
        name = channel.decode(errors="replace")
        if kind == "subscribe":
            if self._trouble:
                logger.warning("the rooms hear Redis again")
                self._trouble = False
            future = self._future(name)
            if not future.done():
                future.set_result(None)
        elif kind == "message":
            self._deliver(name.removeprefix(self._channel_prefix), data)

    def _deliver(self, name: str, data: bytes) -> None:
        room = self.get(name)
        if room is None:
            return
        try:
            message = data[1:].decode() if data[:1] == TEXT else data[1:]
        except UnicodeDecodeError:
            logger.warning("a message in %r is no text: not one of ours", name)
            return
        room.deliver(PreparedMessage(message))

    def _report(self, error: Exception) -> None:
        """Say once that Redis is away."""
        if not self._trouble:
            self._trouble = True
            logger.error("the rooms cannot reach Redis, trying again: %r", error)
