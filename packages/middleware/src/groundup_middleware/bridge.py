"""Cross between sync and async code: the two bridges, and which lease they go over.

    async code    await call_in_thread(function, *args)   ─►  sync function, may block
    sync code     call_on_loop(async_function, *args)     ─►  async function, the thread waits

Both find the lease of the request in a context variable, so layers and handlers use them without
knowing that there is one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from groundup_middleware.lease import Lease, current_lease
from groundup_middleware.threads import ThreadPool, shared_pool

__all__ = ["call_in_thread", "call_on_loop", "current_hops", "find_lease", "find_loop"]

ResultT = TypeVar("ResultT")

# The loop that runs in this thread, or None.  The public `get_running_loop` raises where none does,
# which costs a sync layer ten times as much; this one is meant for those who write loops.
find_loop = asyncio._get_running_loop  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # see above


async def call_in_thread(function: Callable[..., ResultT], *args: Any) -> ResultT:
    """Call a function that blocks, in the worker thread of this request.

    Outside of a request, and in a request whose layers and handler are all async, any thread of the
    pool does it.  Context variables that the function sets are set here afterwards.  If the caller
    is cancelled, it does not wait: the thread ends the function (nobody can stop it) and is busy
    until then.

    >>> asyncio.run(call_in_thread(sum, [1, 2, 3]))
    6
    """
    return await find_lease(shared_pool).run(function, *args)


def find_lease(pool: ThreadPool) -> Lease:
    """Return the lease that is valid on the loop that runs here, or a new one."""
    lease, loop = current_lease.get(), asyncio.get_running_loop()
    if lease is None:
        return Lease(pool, loop)
    if lease.loop is loop:
        return lease
    # Sync code of a request runs a loop of its own.  The request's thread is busy with that loop,
    # and to wait for another one of the pool while holding it is how pools deadlock.
    return Lease(ThreadPool(1), loop)


def call_on_loop(function: Callable[..., Awaitable[ResultT]], *args: Any) -> ResultT:
    """Call an async function from sync code of a request, and wait for its result.

    Raises:
        RuntimeError: This thread works for no request, so nobody knows which loop is meant.
    """
    lease = current_lease.get()
    if lease is None:
        msg = (
            "this thread works for no request, so it cannot wait for async code: "
            "start it with `await call_in_thread(function)`"
        )
        raise RuntimeError(msg)
    return lease.call(function, *args)


def current_hops() -> int:
    """Return how often the request that runs here went to its thread so far.

    For a line of the log, or to find out what a marked layer saves.
    """
    lease = current_lease.get()
    return 0 if lease is None else lease.hops
