"""Threads that wait for the database, so that the event loop need not.

There are two lanes.  Work that may have to wait for a connection goes into one; work of sessions
that hold a connection already goes into the other.  In one lane, newcomers that wait for a
connection could fill all threads, and the commit that would free one could never run.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

__all__ = ["Workers"]

T = TypeVar("T")


class Workers:
    """A bounded number of threads.  May be shared between tasks, loops and threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lanes: dict[bool, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., T], *args: Any, holds: bool = False) -> Future[T]:
        """Run a function in a thread, with the context variables of the caller.

        Args:
            function: What to run.
            args: Its arguments.
            holds: Whether it has its connection already.
        """
        with self._lock:
            if holds not in self._lanes:
                name = "orm-holding" if holds else "orm-waiting"
                self._lanes[holds] = ThreadPoolExecutor(self.size, thread_name_prefix=name)
            return self._lanes[holds].submit(copy_context().run, function, *args)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Run a function that takes and gives back its own connection.

        Cancelled, it is given up at once; its thread ends its work and gives back what it took.
        """
        return await asyncio.wrap_future(self.submit(function, *args))

    def close(self) -> None:
        """End the threads when they are done."""
        with self._lock:
            lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            lane.shutdown(wait=True)
