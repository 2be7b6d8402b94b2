"""groundup_asyncserver.clock: late by a tick at most, and silent when nobody waits."""

import asyncio

from groundup_asyncserver.clock import NEVER, Clock


class Item:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.expired = asyncio.Event()

    def expire(self) -> None:
        self.deadline = NEVER
        self.expired.set()


async def test_an_item_expires_after_its_deadline() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 0.01)
    item = Item(NEVER)
    clock.watch(item)
    started = loop.time()
    item.deadline = clock.after(0.05)

    await asyncio.wait_for(item.expired.wait(), 2)

    assert loop.time() - started >= 0.05
    clock.drop(item)


async def test_an_item_that_is_dropped_does_not_expire() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 0.005)
    dropped, watched = Item(0), Item(0)
    clock.watch(dropped)
    clock.watch(watched)

    clock.drop(dropped)
    await asyncio.wait_for(watched.expired.wait(), 2)

    assert not dropped.expired.is_set()
    clock.drop(watched)


async def test_the_timer_stops_with_the_last_item() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 0.005)
    item = Item(NEVER)

    clock.watch(item)
    assert len(clock) == 1
    assert clock._timer is not None
    clock.drop(item)

    assert clock._timer is None


async def test_the_date_is_looked_up_with_every_tick() -> None:
    clock = Clock(asyncio.get_running_loop(), 0.005)
    item = Item(0)
    clock.watch(item)
    clock.date = b"yesterday"

    await asyncio.wait_for(item.expired.wait(), 2)

    assert clock.date.endswith(b" GMT")
    clock.drop(item)


async def test_now_is_right_again_when_the_timer_starts_again() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 10)
    clock.now = 0.0
    item = Item(NEVER)

    clock.watch(item)

    assert loop.time() - clock.now < 1
    clock.drop(item)


async def test_an_item_may_drop_others_when_it_expires() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 0.005)
    done = asyncio.Event()

    class Dropping(Item):
        def expire(self) -> None:
            for item in items:
                clock.drop(item)
            done.set()

    items = [Dropping(0), Dropping(0)]
    for item in items:
        clock.watch(item)

    await asyncio.wait_for(done.wait(), 2)

    assert len(clock) == 0


async def test_whoever_is_idle_from_now_on_has_a_deadline_at_hand() -> None:
    loop = asyncio.get_running_loop()
    clock = Clock(loop, 10, 15)
    item = Item(NEVER)

    clock.watch(item)

    assert clock.idle_until == clock.after(15)
    assert clock.idle_until - loop.time() > 15
    clock.drop(item)
