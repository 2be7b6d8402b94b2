"""Count attempts by key, and make who fails too often wait: longer each time, never for good.

    free attempts      then each one is followed by a wait that doubles, up to a cap
    1 2 3 4 5          6 ─ 1 s ─ 7 ─ 2 s ─ 8 ─ 4 s ─ … ─ 900 s ─ … ─ 900 s
                       nothing for an hour: forgotten

An attempt is counted *before* it is known how it ends, and given back if it ends well.  Checking a
password takes a quarter second; counting afterwards would let a hundred attempts in at once.  Who
must wait is refused without being counted, so trying during the wait does not prolong it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from groundup_auth.errors import ConfigurationError

__all__ = ["AttemptStore", "Charge", "MemoryAttempts", "Rule"]

MAX_DOUBLINGS = 32  # keeps the power of two a number that every machine can hold


@dataclass(frozen=True, slots=True)
class Rule:
    """How many attempts are free, and how the waits grow.

    >>> rule = Rule(free=5, first=1, cap=900, window=3600)
    >>> [rule.wait(count) for count in (5, 6, 7, 8, 50)]
    [0, 1, 2, 4, 900]
    """

    free: int
    first: int
    """Seconds of the first wait."""
    cap: int
    """Seconds of the longest wait."""
    window: int
    """Seconds without an attempt after which all of them are forgotten."""

    def __post_init__(self) -> None:
        if self.free < 1 or not 0 < self.first <= self.cap <= self.window:
            raise ConfigurationError(
                f"rule must have free >= 1 and 0 < first <= cap <= window, got {self}"
            )

    def wait(self, count: int) -> int:
        """Return the seconds to wait after so many attempts."""
        if count <= self.free:
            return 0
        return int(min(self.cap, self.first * 2 ** min(count - self.free - 1, MAX_DOUBLINGS)))


class Charge(NamedTuple):
    """A key to count an attempt under, and the rule for it."""

    key: str
    rule: Rule


class AttemptStore(Protocol):
    """Where attempts are counted.  Every method is atomic, and may be called from any thread."""

    def begin(self, charges: Sequence[Charge], /) -> float:
        """Count an attempt under every key, or under none if one of them must wait.

        Returns the seconds to wait, 0 if the attempt may go on.
        """
        ...

    def refund(self, keys: Sequence[str], /) -> None:
        """Take back one attempt under each key, and the wait that it caused."""
        ...

    def forget(self, key: str, /) -> None:
        """Forget every attempt under a key."""
        ...

    def trust(self, key: str, seconds: int, /) -> None:
        """Remember a key that has done well."""
        ...

    def is_trusted(self, key: str, /) -> bool:
        """Return whether a key has done well."""
        ...


@dataclass(slots=True)
class Entry:
    """What is known about a key."""

    count: int
    blocked_until: float
    forgotten_at: float


class MemoryAttempts:
    """Attempts of one process.  May be shared between threads.

    Args:
        max_keys: How many keys are remembered; one more makes the oldest be forgotten.
        clock: Seconds that only go forward.

    >>> attempts, charge = MemoryAttempts(), Charge("alice", Rule(1, 60, 900, 3600))
    >>> [attempts.begin([charge]) > 0 for _ in range(3)]
    [False, False, True]
    """

    def __init__(
        self, max_keys: int = 100_000, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if max_keys < 1:
            raise ConfigurationError(f"max_keys must be at least 1, got {max_keys}")
        self._max_keys = max_keys
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._trusted: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries) + len(self._trusted)

    def begin(self, charges: Sequence[Charge], /) -> float:
        """Count an attempt under every key, or under none if one of them must wait."""
        with self._lock:
            now = self._clock()
            entries = [self._find(charge.key, now) for charge in charges]
            wait = max((entry.blocked_until - now for entry in entries if entry), default=0.0)
            if wait > 0:
                return wait
            for charge, entry in zip(charges, entries, strict=True):
                self._count(charge, entry.count + 1 if entry else 1, now)
            return 0.0

    def refund(self, keys: Sequence[str], /) -> None:
        """Take back one attempt under each key, and the wait that it caused."""
        with self._lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None:
                    entry.count -= 1
                    entry.blocked_until = 0.0
                    if entry.count <= 0:
                        del self._entries[key]

    def forget(self, key: str, /) -> None:
        """Forget every attempt under a key."""
        with self._lock:
            self._entries.pop(key, None)

    def trust(self, key: str, seconds: int, /) -> None:
        """Remember a key that has done well."""
        with self._lock:
            self._trusted[key] = self._clock() + seconds
            self._trusted.move_to_end(key)
            while len(self._trusted) > self._max_keys:
                self._trusted.popitem(last=False)

    def is_trusted(self, key: str, /) -> bool:
        """Return whether a key has done well."""
        with self._lock:
            return self._trusted.get(key, 0.0) > self._clock()

    def _find(self, key: str, now: float) -> Entry | None:
        entry = self._entries.get(key)
        return entry if entry is not None and entry.forgotten_at > now else None

    def _count(self, charge: Charge, count: int, now: float) -> None:
        rule = charge.rule
        self._entries[charge.key] = Entry(count, now + rule.wait(count), now + rule.window)
        self._entries.move_to_end(charge.key)
        while len(self._entries) > self._max_keys:
            self._entries.popitem(last=False)
