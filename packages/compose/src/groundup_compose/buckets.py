"""Count requests by the token bucket, in the memory of one process.

    a bucket holds `capacity` tokens       ███████░░░  7 of 10
    each request takes one                 none left: refused
    they come back at a steady rate        10 in a minute: one every 6 seconds

A bucket is two numbers: how many tokens there were, and when.  What came back since then is worked
out at the next request, so nothing has to run in between.  A bucket that is full again says nothing
that an absent one would not say, and is forgotten.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

__all__ = ["Buckets", "MemoryBuckets", "Rate", "SupportsCheck", "Taken", "judge", "parse_rate"]

UNITS = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86400),
}
RATE = re.compile(
    r"(\d{1,9}) *(?:/|per) *(\d{1,9})? *(?:([smhd])|(sec|second|min|minute|hour|day)s?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds, and how many of them at once."""

    count: int
    seconds: float
    capacity: int

    @property
    def refill(self) -> float:
        """Tokens that come back in a second."""
        return self.count / self.seconds


class Taken(NamedTuple):
    """What became of a request's token."""

    allowed: bool
    remaining: int  # whole tokens that are left
    retry_after: float  # seconds until there is one
    reset_after: float  # seconds until the bucket is full


class Buckets(Protocol):
    """Where buckets are kept.  Memory and Redis have the same face; write your own for others."""

    async def take(self, key: str, rate: Rate, /) -> Taken:
        """Take one token out of the bucket of this key."""
        ...


@runtime_checkable
class SupportsCheck(Protocol):
    """A store that cannot count every rate, and says so before the first request."""

    def check(self, rate: Rate, /) -> None:
        """Raise ValueError if this rate cannot be counted here."""
        ...


def parse_rate(text: str, burst: int | None = None) -> Rate:
    """Return the rate that a text describes.

    >>> parse_rate("5/minute")
    Rate(count=5, seconds=60, capacity=5)
    >>> parse_rate("100 per 10 seconds", burst=20)
    Rate(count=100, seconds=10, capacity=20)
    """
    match = RATE.fullmatch(text.strip())
    count = int(match[1]) if match else 0
    seconds = int(match[2] or 1) * UNITS[(match[3] or match[4]).lower()] if match else 0
    capacity = count if burst is None else burst
    if not count or not seconds or capacity < 1:
        msg = f'a rate looks like "5/minute" or "100/10s", and allows something, got {text!r:.40}'
        raise ValueError(msg)
    return Rate(count, seconds, capacity)


def judge(left: float, rate: Rate, *, allowed: bool) -> Taken:
    """Return what a bucket with so many tokens left means for the client."""
    retry_after = 0.0 if allowed else (1 - left) / rate.refill
    return Taken(allowed, int(left), retry_after, (rate.capacity - left) / rate.refill)


class MemoryBuckets:
    """Buckets of one process.  May be shared between threads, tasks and loops.

    Args:
        max_keys: How many buckets there may be.  One more makes the one that was not used for the
            longest time be forgotten: someone with that many addresses is not held by this.
        clock: Seconds that only go forward.

    >>> import asyncio
    >>> buckets, rate = MemoryBuckets(), parse_rate("2/minute")
    >>> [asyncio.run(buckets.take("alice", rate)).allowed for _ in range(3)]
    [True, True, False]
    """

    def __init__(
        self, max_keys: int = 100_000, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if max_keys < 1:
            raise ValueError(f"max_keys must be at least 1, got {max_keys}")
        self._max_keys = max_keys
        self._clock = clock
        self._lock = threading.Lock()
        # Tokens, when, and when it will be full again; the least recently used first.
        self._buckets: OrderedDict[str, tuple[float, float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    async def take(self, key: str, rate: Rate, /) -> Taken:
        """Take one token out of the bucket of this key."""
        with self._lock:
            now = self._clock()
            tokens, then, _ = self._buckets.get(key, (float(rate.capacity), now, now))
            tokens = min(rate.capacity, tokens + (now - then) * rate.refill)
            allowed = tokens >= 1
            tokens -= allowed
            taken = judge(tokens, rate, allowed=allowed)
            self._buckets[key] = (tokens, now, now + taken.reset_after)
            self._buckets.move_to_end(key)
            self._forget(now)
            return taken

    def _forget(self, now: float) -> None:
        """Drop the oldest buckets, if they are full again or too many."""
        for _ in range(2):  # two with each request keep up, and none waits for a big sweep
            oldest = next(iter(self._buckets.items()), None)
            if oldest is None or (oldest[1][2] > now and len(self) <= self._max_keys):
                return
            del self._buckets[oldest[0]]
