"""groundup_compose.windows: no window ever holds too many, and memory does not grow."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_compose import MemoryWindows, RedisWindows
from groundup_compose.buckets import Rate, SupportsCheck, parse_rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_window_fills_and_moves_on() -> None:
    clock = Clock()
    windows, rate = MemoryWindows(clock=clock), parse_rate("2/10s")

    first = await windows.take("a", rate)
    clock.now += 4
    second = await windows.take("a", rate)
    third = await windows.take("a", rate)
    assert (first.allowed, first.remaining, first.reset_after) == (True, 1, 10.0)
    assert (second.allowed, second.remaining, second.reset_after) == (True, 0, 10.0)
    assert (third.allowed, third.retry_after, third.reset_after) == (False, 6.0, 10.0)

    clock.now += 5.999
    assert not (await windows.take("a", rate)).allowed
    clock.now += 0.001
    assert (await windows.take("a", rate)).allowed
    assert not (await windows.take("a", rate)).allowed


async def test_refused_requests_do_not_count() -> None:
    clock = Clock()
    windows, rate = MemoryWindows(clock=clock), parse_rate("1/10s")

    for _ in range(10):
        await windows.take("a", rate)
        clock.now += 1

    assert (await windows.take("a", rate)).allowed


async def test_windows_are_apart() -> None:
    windows, rate = MemoryWindows(), parse_rate("1/day")

    assert (await windows.take("a", rate)).allowed
    assert (await windows.take("b", rate)).allowed
    assert not (await windows.take("a", rate)).allowed


async def test_empty_windows_are_forgotten() -> None:
    clock = Clock()
    windows, rate = MemoryWindows(clock=clock), parse_rate("3/s")
    for number in range(100):
        await windows.take(str(number), rate)
    assert len(windows) == 100

    clock.now += 2
    for _ in range(60):
        await windows.take("one", rate)

    assert len(windows) == 3
    assert list(windows._windows) == ["one"]


async def test_there_are_never_more_entries_than_allowed() -> None:
    windows, rate = MemoryWindows(max_entries=10), parse_rate("3/day")
    for _ in range(3):
        await windows.take("oldest", rate)

    for number in range(7):
        await windows.take(str(number), rate)
    assert not (await windows.take("oldest", rate)).allowed
    for number in range(100):
        await windows.take(f"other {number}", rate)
        assert len(windows) <= 10

    assert (await windows.take("oldest", rate)).allowed


def test_a_rate_must_fit() -> None:
    windows = MemoryWindows(max_entries=10)

    windows.check(Rate(10, 60, 10))
    with pytest.raises(ValueError, match="at most 10 requests, got a rate of 11: use a bucket"):
        windows.check(Rate(11, 60, 11))
    with pytest.raises(ValueError, match="no burst"):
        windows.check(Rate(10, 60, 5))
    with pytest.raises(ValueError, match="at least 1"):
        MemoryWindows(max_entries=0)


def test_both_stores_of_windows_can_be_asked() -> None:
    assert isinstance(MemoryWindows(), SupportsCheck)
    assert issubclass(RedisWindows, SupportsCheck)


def test_threads_share_a_window() -> None:
    windows, rate = MemoryWindows(), parse_rate("100/day")
    allowed: list[bool] = []

    async def take_many() -> None:
        for _ in range(50):
            allowed.append((await windows.take("a", rate)).allowed)  # noqa: PERF401 - threads append in turn

    threads = [threading.Thread(target=lambda: asyncio.run(take_many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert allowed.count(True) == 100


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(1, 5), st.integers(1, 10))
def test_no_window_ever_holds_more_than_was_allowed(
    pauses: list[int], count: int, seconds: int
) -> None:
    clock = Clock()
    windows, rate = MemoryWindows(clock=clock), parse_rate(f"{count}/{seconds}s")
    passed: list[float] = []
    refused: list[float] = []

    async def play() -> None:
        for pause in pauses:
            clock.now += pause / 16  # exact in binary, so that edges are hit
            allowed = (await windows.take("a", rate)).allowed
            (passed if allowed else refused).append(clock.now)

    asyncio.run(play())

    for end in passed:
        assert sum(end - seconds < one <= end for one in passed) <= count
    for end in refused:  # and nobody is refused without need
        assert sum(end - seconds < one <= end for one in passed) == count
