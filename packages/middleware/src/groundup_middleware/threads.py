"""Threads that wait for work: the one bounded pool that all blocking code shares.

    submit ─► an idle thread, if there is one
           ─► a new thread, if the pool is not full
           ─► the backlog: the next thread that is done takes it

Two things differ from ``concurrent.futures.ThreadPoolExecutor``.  Its threads are joined when the
interpreter ends, so that one handler that never returns keeps the process alive; these are daemons.
And work is handed to a certain thread, the one that became idle last, so the count of idle threads
is exact and the caches of that thread are still warm.
"""

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeAlias

__all__ = ["DEFAULT_SIZE", "ThreadPool", "shared_pool"]

DEFAULT_SIZE = 40

Work: TypeAlias = Callable[[], Any]


class State:
    """What the pool and its threads share; it knows nothing of the pool, so that may go away."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idle: list[SimpleQueue[Work | None]] = []
        self.backlog: deque[Work] = deque()
        self.threads = 0
        self.closed = False
        self.process = os.getpid()

    def close(self) -> None:
        with self.lock:
            self.closed = True
            self.threads -= len(self.idle)
            for inbox in self.idle:
                inbox.put(None)
            self.idle.clear()

    def serve(self, inbox: "SimpleQueue[Work | None]") -> None:
        """Run work until the pool closes.  This is the life of one thread."""
        while (work := inbox.get()) is not None:
            work()
            del work  # or an idle thread keeps the last request alive
            self._find_work(inbox)

    def _find_work(self, inbox: "SimpleQueue[Work | None]") -> None:
        with self.lock:
            if self.backlog:
                inbox.put(self.backlog.popleft())
            elif self.closed:
                self.threads -= 1
                inbox.put(None)
            else:
                self.idle.append(inbox)


class ThreadPool:
    """A bounded number of threads, started when there is work for them.

    May be shared between threads, tasks and event loops.  Work must not raise.

    >>> pool, answers = ThreadPool(2), SimpleQueue()
    >>> pool.submit(lambda: answers.put("done"))
    >>> answers.get(), pool.threads
    ('done', 1)
    >>> pool.close()
    """

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        if size < 1:
            msg = f"a pool needs at least one thread, got {size}"
            raise ValueError(msg)
        self.size = size
        self._start_empty()

    @property
    def threads(self) -> int:
        """How many threads there are."""
        return self._state.threads

    @property
    def backlog(self) -> int:
        """How many pieces of work wait for a thread."""
        return len(self._state.backlog)

    def submit(self, work: Work) -> None:
        """Run ``work`` in a thread, now or as soon as one is free.

        Raises:
            RuntimeError: The pool is closed, or the system gives it no thread.
        """
        if self._state.process != os.getpid():
            self._finalizer.detach()  # a forked process has none of the parent's threads
            self._start_empty()
        state = self._state
        with state.lock:
            if state.closed:
                raise RuntimeError("the thread pool is closed")
            if state.idle:
                state.idle.pop().put(work)
                return
            if state.threads >= self.size:
                state.backlog.append(work)
                return
            state.threads += 1
            number = state.threads
        # In an inbox, not as an argument: a thread keeps its arguments as long as it lives, and its
        # first request with them.
        inbox: SimpleQueue[Work | None] = SimpleQueue()
        inbox.put(work)
        name = f"groundup-worker-{number}"
        thread = threading.Thread(target=state.serve, args=(inbox,), name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads
            with state.lock:
                state.threads -= 1
            raise

    def close(self) -> None:
        """Take no more work.  Idle threads end now, the others after the work that they have."""
        self._finalizer()

    def _start_empty(self) -> None:
        self._state = State()
        # Whoever forgets to close a pool leaves no idle threads behind.
        self._finalizer = weakref.finalize(self, State.close, self._state)
        self._finalizer.atexit = False  # daemons end by themselves, and the lock may be another's


shared_pool = ThreadPool()
"""The pool of everything that was given no other: one number bounds all blocking work."""
