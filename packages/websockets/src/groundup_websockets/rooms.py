"""Rooms: what one publishes, all hear.

    room = rooms.get_or_create("lobby")
    room.subscribe(ws)
    room.publish({"text": "hello"})     not awaited: it never waits for anybody

A message is encoded once for all members.  Each member has a place of its own where bytes wait,
with a limit; who does not take them is cut off, and the others do not notice.

A room exists as long as it has members, or somebody holds it: rooms without either vanish, so names
that clients invent cost nothing when the clients are gone.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, runtime_checkable
from weakref import WeakValueDictionary

from groundup_websockets.errors import RoomLimitError
from groundup_websockets.outbox import Outbox
from groundup_websockets.prepared import PreparedMessage, to_message

if TYPE_CHECKING:
    from groundup_websockets.websocket import WebSocket

__all__ = ["Room", "Rooms"]

Deliver = Callable[[PreparedMessage], bool]


@runtime_checkable
class SupportsEnqueue(Protocol):
    """A subscriber that takes messages without waiting."""

    def enqueue(self, message: str | bytes, /) -> bool:
        """Return whether it took the message."""
        ...


class Room:
    """Those who hear the same.

    Subscribing belongs to the event loop; publishing may come from any thread.
    """

    def __init__(self, name: str, rooms: "Rooms") -> None:
        self.name = name
        self._rooms = rooms
        self._loop: asyncio.AbstractEventLoop | None = None
        self._members: dict[Any, Deliver] = {}

    def __repr__(self) -> str:
        return f"<Room {self.name!r} members={len(self)}>"

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, ws: object) -> bool:
        return ws in self._members

    def __bool__(self) -> bool:
        return True  # an empty room is a room

    def subscribe(self, ws: Any) -> None:
        """Let a WebSocket hear what is published.  Doing it again changes nothing.

        Args:
            ws: A WebSocket, something with ``enqueue(message) -> bool`` that never waits, or
                something with ``async def send(message)``.

        Raises:
            RoomLimitError: The room is full, or there are too many rooms.
            RuntimeError: This thread has no event loop, or not that of the other members.
        """
        if ws in self._members or getattr(ws, "closed", False):
            return
        if len(self._members) >= self._rooms.max_members:
            raise RoomLimitError(f"a room must have at most {self._rooms.max_members} members")
        loop = asyncio.get_running_loop()
        deliver = deliver_to(ws)
        if not self._members:
            self._rooms.occupy(self)
            self._loop = loop
        elif loop is not self._loop:
            raise RuntimeError("all members of a room must belong to one event loop")
        self._members[ws] = deliver
        if is_ours(ws):
            ws.add_close_callback(self.unsubscribe)

    def unsubscribe(self, ws: Any) -> None:
        """Let a WebSocket hear no more; nothing happens if it did not."""
        deliver = self._members.pop(ws, None)
        if deliver is None:
            return
        if is_ours(ws):
            ws.remove_close_callback(self.unsubscribe)
        elif isinstance(owner := getattr(deliver, "__self__", None), OutboxDelivery):
            owner.outbox.stop()
        if not self._members:
            self._rooms.leave(self)

    def publish(self, message: Any) -> int:
        """Send to all members and return how many there are.  Never waits.

        Args:
            message: str goes as text, bytes as binary, anything else as JSON.

        Raises:
            TypeError, ValueError: JSON has nothing for the value.
        """
        prepared = PreparedMessage(to_message(message))
        return self.deliver(prepared)

    def deliver(self, message: PreparedMessage) -> int:
        """Send a prepared message to the members in this process, from any thread."""
        loop = self._loop
        if loop is None or not self._members:
            return 0
        if running_loop() is loop:
            return self._deliver(message)
        count = len(self._members)
        try:
            loop.call_soon_threadsafe(self._deliver, message)
        except RuntimeError:  # the loop is closed, and so are its connections
            return 0
        return count

    def _deliver(self, message: PreparedMessage) -> int:
        gone = [ws for ws, deliver in list(self._members.items()) if not deliver(message)]
        for ws in gone:
            self.unsubscribe(ws)
        return len(self._members)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop of this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class OutboxDelivery:
    """Deliver through an outbox."""

    def __init__(self, ws: Any) -> None:
        self.ws = ws
        self.outbox = Outbox(ws)

    def deliver(self, message: PreparedMessage) -> bool:
        """Return whether the subscriber is still there."""
        return not getattr(self.ws, "closed", False) and self.outbox.put(message.message)


def is_ours(ws: Any) -> "TypeGuard[WebSocket]":
    """Return whether a subscriber is a WebSocket of this package."""
    # Rooms are there before the first connection, and need the protocol no earlier.
    from groundup_websockets.websocket import WebSocket  # noqa: PLC0415 - see above

    return isinstance(ws, WebSocket)


def deliver_to(ws: Any) -> Deliver:
    """Return how messages get to a subscriber, decided once."""
    if is_ours(ws):
        return ws.enqueue
    if isinstance(ws, SupportsEnqueue):
        enqueue = ws.enqueue
        return lambda message: bool(enqueue(message.message))
    if not callable(getattr(ws, "send", None)):
        msg = f"a subscriber must have enqueue(message) or async send(message), got {ws!r:.80}"
        raise TypeError(msg)
    return OutboxDelivery(ws).deliver


class Rooms:
    """All rooms of one process.

    >>> rooms = Rooms()
    >>> rooms.get_or_create("lobby").publish("nobody hears this")
    0
    >>> len(rooms), rooms.get("lobby")
    (0, None)

    Names are looked up from any thread; everything about members belongs to the event loop.

    Args:
        max_rooms: How many rooms may have members.
        max_members: How many members one room may have.
    """

    def __init__(self, *, max_rooms: int = 10_000, max_members: int = 10_000) -> None:
        self.max_rooms = max_rooms
        self.max_members = max_members
        self._rooms: WeakValueDictionary[str, Room] = WeakValueDictionary()
        self._occupied: dict[str, Room] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._occupied)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._occupied.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._occupied

    def get_or_create(self, name: str, /) -> Room:
        """Return the room of that name."""
        with self._lock:
            room = self._rooms.get(name)
            if room is None:
                room = self._rooms[name] = self.make(name)
            return room

    def get(self, name: str, /) -> Room | None:
        """Return the room of that name if it has members, else None."""
        return self._occupied.get(name)

    def make(self, name: str) -> Room:
        """Return a new room."""
        return Room(name, self)

    def occupy(self, room: Room) -> None:
        """Keep a room that gets its first member."""
        if len(self._occupied) >= self.max_rooms:
            raise RoomLimitError(f"at most {self.max_rooms} rooms may have members")
        self._occupied[room.name] = room

    def leave(self, room: Room) -> None:
        """Let go of a room that lost its last member."""
        self._occupied.pop(room.name, None)
