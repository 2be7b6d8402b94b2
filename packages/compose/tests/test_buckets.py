"""groundup_compose.buckets: the arithmetic of tokens, and memory that does not grow."""

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_compose import MemoryBuckets, Rate
from groundup_compose.buckets import parse_rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "burst", "rate"),
    [
        ("5/minute", None, Rate(5, 60, 5)),
        ("5/m", None, Rate(5, 60, 5)),
        ("1/s", None, Rate(1, 1, 1)),
        ("100/10s", 20, Rate(100, 10, 20)),
        ("100 / 2 hours", None, Rate(100, 7200, 100)),
        ("3 per day", None, Rate(3, 86400, 3)),
        ("10 PER MIN", None, Rate(10, 60, 10)),
    ],
)
def test_rates_are_written_as_people_say_them(text: str, burst: int | None, rate: Rate) -> None:
    assert parse_rate(text, burst) == rate


@pytest.mark.parametrize(
    ("text", "burst"),
    [
        ("", None),
        ("5", None),
        ("5/ms", None),
        ("5/fortnight", None),
        ("0/s", None),
        ("5/0s", None),
        ("-1/s", None),
        ("5/s", 0),
        ("1.5/s", None),
        ("5//s", None),
        ("9999999999/s", None),
    ],
)
def test_other_texts_are_refused(text: str, burst: int | None) -> None:
    with pytest.raises(ValueError, match="a rate looks like"):
        parse_rate(text, burst)


async def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    buckets, rate = MemoryBuckets(clock=clock), parse_rate("2/10s")

    first, second, third = [await buckets.take("a", rate) for _ in range(3)]
    assert (first.allowed, first.remaining, first.reset_after) == (True, 1, 5.0)
    assert (second.allowed, second.remaining, second.reset_after) == (True, 0, 10.0)
    assert (third.allowed, third.retry_after) == (False, 5.0)

    clock.now += 4.999
    assert not (await buckets.take("a", rate)).allowed
    clock.now += 0.002
    assert (await buckets.take("a", rate)).allowed
    clock.now += 1000
    assert (await buckets.take("a", rate)).remaining == 1


async def test_buckets_are_apart() -> None:
    buckets, rate = MemoryBuckets(), parse_rate("1/day")

    assert (await buckets.take("a", rate)).allowed
    assert (await buckets.take("b", rate)).allowed
    assert not (await buckets.take("a", rate)).allowed


async def test_full_buckets_are_forgotten() -> None:
    clock = Clock()
    buckets, rate = MemoryBuckets(clock=clock), parse_rate("1/s")
    for number in range(100):
        await buckets.take(str(number), rate)
    assert len(buckets) == 100

    clock.now += 2
    for _ in range(100):
        await buckets.take("one", rate)

    assert len(buckets) == 1


async def test_there_are_never_more_than_allowed() -> None:
    buckets, rate = MemoryBuckets(max_keys=10), parse_rate("1/day")
    await buckets.take("oldest", rate)

    for number in range(9):
        await buckets.take(str(number), rate)
    assert not (await buckets.take("oldest", rate)).allowed
    for number in range(100):
        await buckets.take(f"other {number}", rate)
        assert len(buckets) <= 10

    assert (await buckets.take("oldest", rate)).allowed


def test_there_must_be_room_for_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        MemoryBuckets(max_keys=0)


def test_threads_share_the_tokens() -> None:
    buckets, rate = MemoryBuckets(), parse_rate("100/day")
    allowed: list[bool] = []

    async def take_many() -> None:
        for _ in range(50):
            allowed.append((await buckets.take("a", rate)).allowed)  # noqa: PERF401 - threads append in turn

    threads = [threading.Thread(target=lambda: asyncio.run(take_many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert allowed.count(True) == 100


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(1, 5), st.integers(1, 10))
def test_no_window_ever_sees_more_than_burst_and_refill(
    pauses: list[float], count: int, seconds: int
) -> None:
    clock = Clock()
    buckets, rate = MemoryBuckets(clock=clock), parse_rate(f"{count}/{seconds}s")
    times: list[float] = []

    async def play() -> Any:
        for pause in pauses:
            clock.now += pause
            if (await buckets.take("a", rate)).allowed:
                times.append(clock.now)

    asyncio.run(play())

    for first, start in enumerate(times):
        for last in range(first, len(times)):
            most = rate.capacity + (times[last] - start) * rate.refill
            assert last - first + 1 <= most + 1e-6
