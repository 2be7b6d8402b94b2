"""Count requests by a sliding window, in the memory of one process.

    "3/minute"       ●   ●       ●   ✗           ●  = a request that passed, and when
    ─────────────────────────────────────────►   the window of the last minute moves with the time
                     └── 60 seconds ──┘

No window of the given length, wherever it begins, ever holds more requests than were allowed.  A
token bucket of the same rate lets up to twice as many pass: those that were saved, and those that
come back meanwhile.  The price is memory: a bucket is two numbers, a window one number for each
request in it.  So buckets are for traffic, windows for what must be counted (log-ins, mails).
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from groundup_compose.buckets import Rate, Taken

__all__ = ["MAX_COUNT", "MemoryWindows", "check_window"]

MAX_COUNT = 10_000  # requests in one window, each of them remembered


class MemoryWindows:
    """Windows of one process.  May be shared between threads, tasks and loops.

    Args:
        max_entries: How many requests are remembered, of all clients together.  One more makes the
            client that was not seen for the longest time be forgotten.
        clock: Seconds that only go forward.

    >>> import asyncio
    >>> from groundup_compose.buckets import parse_rate
    >>> windows, rate = MemoryWindows(), parse_rate("2/minute")
    >>> [asyncio.run(windows.take("alice", rate)).allowed for _ in range(3)]
    [True, True, False]
    """

    def __init__(
        self, max_entries: int = 1_000_000, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if max_entries < 1:
            raise ValueError(f"max_entries must be at least 1, got {max_entries}")
        self._max_entries = max_entries
        self._clock = clock
        self._lock = threading.Lock()
        self._entries = 0
        # When requests passed, and the length of the window; the least recently used first.
        self._windows: OrderedDict[str, tuple[deque[float], float]] = OrderedDict()

    def __len__(self) -> int:
        return self._entries

    def check(self, rate: Rate, /) -> None:
        """Raise ValueError if this rate cannot be counted here."""
        check_window(rate, min(MAX_COUNT, self._max_entries))

    async def take(self, key: str, rate: Rate, /) -> Taken:
        """Let one request into the window of this key, if there is room."""
        with self._lock:
            now = self._clock()
            times, _ = self._windows.get(key, (deque[float](), 0.0))
            while times and times[0] <= now - rate.seconds:
                times.popleft()
                self._entries -= 1
            allowed = len(times) < rate.count
            if allowed:
                times.append(now)
                self._entries += 1
            self._windows[key] = (times, rate.seconds)
            self._windows.move_to_end(key)
            self._forget(now)
            first, last = times[0] + rate.seconds - now, times[-1] + rate.seconds - now
            return judge_window(rate, len(times), first, last, allowed=allowed)

    def _forget(self, now: float) -> None:
        """Drop the oldest windows, if all of their requests have left or there are too many."""
        for _ in range(2):  # two with each request keep up, and none waits for a big sweep
            key, (times, seconds) = next(iter(self._windows.items()))
            in_use = times[-1] + seconds > now and self._entries <= self._max_entries
            if in_use or len(self._windows) == 1:
                return
            self._entries -= len(times)
            del self._windows[key]


def judge_window(
    rate: Rate, used: int, first_leaves: float, last_leaves: float, *, allowed: bool
) -> Taken:
    """Return what a window with so many requests in it means for the client."""
    retry_after = 0.0 if allowed else max(0.0, first_leaves)
    return Taken(allowed, max(0, rate.count - used), retry_after, max(0.0, last_leaves))


def check_window(rate: Rate, most: int = MAX_COUNT) -> None:
    """Raise ValueError if a rate is none that a window can count."""
    if rate.capacity != rate.count:
        raise ValueError(f"a window has no burst: all {rate.count} may come at once")
    if rate.count > most:
        msg = (
            f"a window remembers at most {most} requests, got a rate of {rate.count}: use a bucket"
        )
        raise ValueError(msg)
