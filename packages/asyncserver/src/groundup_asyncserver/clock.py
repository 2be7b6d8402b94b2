"""One coarse timer for all the time-outs of a server.

    now ... tick ... tick ... tick          every connection: deadline <= now?  expire()

A timer of its own for each wait costs a microsecond to set and another to cancel, and nearly all
are cancelled.  Here a wait stores one number, and a timer that rings a few times a second looks at
all of them.  A time-out may be late by one tick; nobody can tell 15.0 seconds from 15.2.
"""

import asyncio
from typing import Protocol

from groundup_response import current_date

__all__ = ["NEVER", "Clock", "Expiring"]

NEVER = float("inf")


class Expiring(Protocol):
    """Something that waits until a moment."""

    deadline: float
    """In seconds of the loop's time; ``NEVER`` when it does not wait."""

    def expire(self) -> None:
        """Do what is to be done when the moment has passed."""


class Clock:
    """The timer; it runs while there is somebody to watch.  Belongs to one event loop.

    Args:
        loop: Whose time counts.
        tick: Seconds between two looks.
        idle: Seconds for which ``idle_until`` is made.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tick: float, idle: float = 0.0) -> None:
        self._loop = loop
        self._tick = tick
        self._idle = idle
        self.now = self._look()
        """The time of the last tick: at most one tick old while anybody is watched."""
        self._watched: set[Expiring] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._watched)

    def after(self, seconds: float) -> float:
        """Return the deadline that is so many seconds away, never nearer."""
        return self.now + seconds + self._tick

    def watch(self, item: Expiring) -> None:
        """Call ``item.expire`` once its deadline has passed, until it is dropped or moves it."""
        self._watched.add(item)
        if self._timer is None:
            self._look()
            self._timer = self._loop.call_later(self._tick, self._ring)

    def drop(self, item: Expiring) -> None:
        """Watch an item no longer; without items the timer stops."""
        self._watched.discard(item)
        if not self._watched and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> float:
        self.now = now = self._loop.time()
        self.idle_until = self.after(self._idle)
        """The deadline of whoever is idle from now on: each answer sets one."""
        self.date = current_date()
        """The same moment as ``Date`` has it, so that no answer asks the clock of the system."""
        return now

    def _ring(self) -> None:
        now = self._look()
        self._timer = self._loop.call_later(self._tick, self._ring)
        for item in [item for item in self._watched if item.deadline <= now]:
            item.expire()
