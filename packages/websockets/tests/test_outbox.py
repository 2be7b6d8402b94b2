"""groundup_websockets.outbox: for subscribers that can only be awaited."""

import asyncio
from collections.abc import Awaitable, Callable

from groundup_websockets.outbox import Outbox

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Slow:
    """Something whose send waits for a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.sent: list[str | bytes] = []
        self.closed_with: int | None = None

    async def send(self, message: str | bytes) -> None:
        await self.gate.wait()
        self.sent.append(message)

    async def close(self, code: int) -> None:
        self.closed_with = code


class Broken:
    """Something whose send fails."""

    async def send(self, message: str | bytes) -> None:
        raise ConnectionError("gone")


async def test_messages_go_out_in_their_order(until: Until) -> None:
    slow = Slow()
    outbox = Outbox(slow)

    for number in range(5):
        assert outbox.put(str(number))
    assert slow.sent == []
    slow.gate.set()

    await until(lambda: len(slow.sent) == 5)
    assert slow.sent == ["0", "1", "2", "3", "4"]
    assert outbox.put("later")
    await until(lambda: slow.sent[-1] == "later")


async def test_beyond_its_size_the_target_is_closed(until: Until) -> None:
    slow = Slow()
    outbox = Outbox(slow, max_bytes=10)

    assert outbox.put(b"1234567890")
    await asyncio.sleep(0)  # the first is under way, and still counts
    assert outbox.put(b"")
    assert not outbox.put(b"x")

    assert not outbox.put(b"")
    await until(lambda: slow.closed_with == 1013)
    slow.gate.set()
    assert slow.sent == []


async def test_beyond_its_count_too(until: Until) -> None:
    slow = Slow()
    outbox = Outbox(slow, max_count=2)

    assert outbox.put("")
    assert outbox.put("")
    assert not outbox.put("")

    await until(lambda: slow.closed_with == 1013)


async def test_one_large_message_is_let_through(until: Until) -> None:
    slow = Slow()
    slow.gate.set()

    assert Outbox(slow, max_bytes=10).put(bytes(100))

    await until(lambda: slow.sent)


async def test_a_target_that_fails_is_gone(until: Until) -> None:
    outbox = Outbox(Broken())

    assert outbox.put("x")

    await until(lambda: outbox.failed)
    assert not outbox.put("x")
    outbox.cut_off()  # there is no close to call
    await asyncio.sleep(0)


async def test_a_close_that_fails_harms_nobody(until: Until) -> None:
    class Stubborn(Slow):
        async def close(self, code: int) -> None:
            self.closed_with = code
            raise OSError

    stubborn = Stubborn()

    Outbox(stubborn).cut_off()

    await until(lambda: stubborn.closed_with)


async def test_stopping_ends_the_task(until: Until) -> None:
    slow = Slow()
    outbox = Outbox(slow)
    outbox.put("x")
    await asyncio.sleep(0)

    outbox.stop()

    await until(lambda: outbox._task is None)
    assert not outbox.put("x")
