"""Let the writers of this process write one after the other: first come, first served.

    take ─► nobody has the turn ────────────────────────► write ─► give ─► the one who waits longest
        └─► somebody has it ─► wait, at most `seconds` ─┘

SQLite has one write lock and no queue for it: who finds it taken sleeps, up to a tenth of a second
at a time, and whoever comes meanwhile is first.  Under a steady load some wait until their time is
up and are told "database is locked", although the lock was free a thousand times.  Here nobody
overtakes.  Other processes still wait in SQLite's way: one writer for each of them.
"""

import os
import threading
from collections import deque

__all__ = ["Turns"]


class Turns:
    """The queue of one database.  Safe to share between threads; the turn may change threads.

    >>> turns = Turns()
    >>> turns.take(5.0), turns.take(0.01)
    (True, False)
    >>> turns.give()
    >>> turns.take(0.01)
    True
    """

    def __init__(self) -> None:
        self._start_over()

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()
        self._process = os.getpid()

    def take(self, seconds: float) -> bool:
        """Wait for the turn; say whether it came in time."""
        if self._process != os.getpid():  # forked: those who had it or waited are the parent's
            self._start_over()
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return True
        with self._lock:
            if mine.is_set():  # it came just now
                return True
            self._waiting.remove(mine)
            return False

    def give(self) -> None:
        """Pass the turn on to whoever has waited longest."""
        if self._process != os.getpid():
            return
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
