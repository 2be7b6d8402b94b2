"""Threads that wait for the database, so that the event loop need not.

    waiting   may have to wait for a connection
    holding   a session that holds one already
    dialing   opens a connection for an event loop, or asks the server to stop a statement

In one lane, newcomers that wait for a connection could fill all threads, and the commit that would
free one could never run; nor could a statement be stopped while others run.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from groundup_orm.errors import PoolTimeout

__all__ = ["Workers"]

T = TypeVar("T")


class Workers:
    """A bounded number of threads.  May be shared between tasks, loops and threads."""

    def __init__(self, size: int, timeout: float) -> None:
        self.size = size
        self.timeout = timeout
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def submit(self, function: Callable[..., T], *args: Any, holds: bool = False) -> Future[T]:
        """Run a function in a thread, with the context variables of the caller.

        Args:
            function: What to run.
            args: Its arguments.
            holds: Whether it has its connection already.
        """
        run = copy_context().run
        if holds:
            return self._submit("holding", run, function, *args)
        deadline = time.monotonic() + self.timeout
        return self._submit("waiting", run, self._in_time, deadline, function, *args)

    def dial(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function that opens or stops something in a thread."""
        return self._submit("dialing", function, *args, **kwargs)

    def _submit(
        self, lane: str, function: Callable[..., T], *args: Any, **kwargs: Any
    ) -> Future[T]:
        if self._process != os.getpid():  # a fork takes no threads along
            self._lanes, self._lock, self._process = {}, threading.Lock(), os.getpid()
        with self._lock:
            if lane not in self._lanes:
                executor = ThreadPoolExecutor(self.size, thread_name_prefix=f"orm-{lane}")
                self._lanes[lane] = executor
            return self._lanes[lane].submit(function, *args, **kwargs)

    def _in_time(self, deadline: float, function: Callable[..., T], *args: Any) -> T:
        """Run a function, unless it has waited for a thread longer than for any connection."""
        if time.monotonic() > deadline:
            raise PoolTimeout(
                f"no thread became free in {self.timeout:g} seconds, all {self.size} are busy: "
                "make queries shorter or pool_size larger"
            )
        return function(*args)

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
