"""groundup_compose.redis: the same buckets, on a real server, for several processes."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from groundup_compose import MemoryWindows, RedisBuckets, RedisWindows, Taken
from groundup_compose.buckets import parse_rate

PROGRAM = """
import asyncio, sys
import groundup_compose
from groundup_compose.buckets import parse_rate

async def main():
    buckets = getattr(groundup_compose, sys.argv[3])(sys.argv[1], prefix=sys.argv[2])
    rate = parse_rate("50/day")
    taken = await asyncio.gather(*[buckets.take("shared", rate) for _ in range(40)])
    print(sum(one.allowed for one in taken))
    await buckets.close()

asyncio.run(main())
"""


@pytest.fixture
async def buckets(redis_url: str, redis_prefix: str) -> AsyncIterator[RedisBuckets]:
    pytest.importorskip("redis")
    buckets = RedisBuckets(redis_url, prefix=redis_prefix)
    yield buckets
    await buckets.close()


async def test_a_bucket_empties(buckets: RedisBuckets) -> None:
    rate = parse_rate("3/day")

    taken = [await buckets.take("a", rate) for _ in range(4)]

    assert [one.allowed for one in taken] == [True, True, True, False]
    assert [one.remaining for one in taken] == [2, 1, 0, 0]
    assert 28_000 < taken[3].retry_after <= 28_800
    assert 86_000 < taken[3].reset_after <= 86_400


async def test_a_bucket_fills_again(buckets: RedisBuckets) -> None:
    rate = parse_rate("1/s")

    async with asyncio.timeout(10):
        assert (await buckets.take("a", rate)).allowed
        waiting = await buckets.take("a", rate)
        assert not waiting.allowed
        await asyncio.sleep(waiting.retry_after)
        while not (await buckets.take("a", rate)).allowed:
            pass


async def test_buckets_are_apart(buckets: RedisBuckets) -> None:
    rate = parse_rate("1/day")

    assert (await buckets.take("a", rate)).allowed
    assert (await buckets.take("b", rate)).allowed
    assert not (await buckets.take("a", rate)).allowed


async def test_keys_expire_when_they_mean_nothing(
    buckets: RedisBuckets, redis_url: str, redis_prefix: str
) -> None:
    import redis.asyncio

    await buckets.take("a", parse_rate("10/10s"))
    client = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore[reportUnknownMemberType]  # untyped **kwargs

    assert 1000 < await client.pttl(f"{redis_prefix}a") <= 2001
    await client.aclose()


async def test_a_client_may_be_given_and_stays_open(redis_url: str, redis_prefix: str) -> None:
    redis = pytest.importorskip("redis.asyncio")
    client = redis.Redis.from_url(redis_url)
    buckets = RedisBuckets(client, prefix=redis_prefix)

    assert (await buckets.take("a", parse_rate("1/day"))).allowed
    await buckets.close()

    assert await client.ping()
    await client.aclose()


@pytest.mark.parametrize("store", ["RedisBuckets", "RedisWindows"])
def test_processes_cannot_take_the_same_token(
    store: str, redis_url: str, redis_prefix: str
) -> None:
    pytest.importorskip("redis")
    command = [sys.executable, "-c", PROGRAM, redis_url, redis_prefix, store]

    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [int(process.communicate(timeout=30)[0]) for process in processes]

    assert sum(taken) == 50


@pytest.fixture
async def windows(redis_url: str, redis_prefix: str) -> AsyncIterator[RedisWindows]:
    pytest.importorskip("redis")
    windows = RedisWindows(redis_url, prefix=redis_prefix)
    yield windows
    await windows.close()


async def test_a_window_fills_and_says_when_there_is_room(windows: RedisWindows) -> None:
    rate = parse_rate("3/minute")

    taken = [await windows.take("a", rate) for _ in range(5)]

    assert [one.allowed for one in taken] == [True, True, True, False, False]
    assert [one.remaining for one in taken] == [2, 1, 0, 0, 0]
    assert 50 < taken[4].retry_after <= taken[4].reset_after <= 60
    assert (await windows.take("b", rate)).allowed


async def test_a_window_moves_on(windows: RedisWindows) -> None:
    rate = parse_rate("2/s")

    async with asyncio.timeout(10):
        assert [(await windows.take("a", rate)).allowed for _ in range(3)] == [True, True, False]
        waiting = await windows.take("a", rate)
        assert 0 < waiting.retry_after <= 1
        await asyncio.sleep(waiting.retry_after)
        while not (await windows.take("a", rate)).allowed:
            pass


async def test_windows_in_redis_and_in_memory_give_the_same_answers(windows: RedisWindows) -> None:
    async def play(store: MemoryWindows | RedisWindows) -> list[Taken]:
        taken: list[Taken] = []
        for key, text in [("a", "2/minute"), ("b", "1/hour"), ("a", "2/minute")] * 3:
            one = await store.take(key, parse_rate(text))
            # Rounded up, because time passes between two of them.
            taken.append(one._replace(retry_after=0.0, reset_after=round(one.reset_after, -1)))
        return taken

    assert await play(windows) == await play(MemoryWindows())


async def test_a_window_expires_when_it_is_empty(
    windows: RedisWindows, redis_url: str, redis_prefix: str
) -> None:
    import redis.asyncio

    await windows.take("a", parse_rate("10/10s"))
    client = redis.asyncio.Redis.from_url(redis_url)  # pyright: ignore[reportUnknownMemberType]  # untyped **kwargs

    assert 10_000 < await client.pttl(f"{redis_prefix}a") <= 11_000
    await client.aclose()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)

    with pytest.raises(ImportError, match=r"groundup-compose\[redis\]"):
        RedisBuckets("redis://localhost")
