"""A bounded number of threads for handlers that block, and the way there and back.

    loop     await pool.run(function) ───┐            ┌─► result, or the same exception
    thread                               └─ function ─┘

The standard library's executor would do, but it joins its threads when the interpreter ends, so
one handler that never returns keeps the process alive; these threads are daemons.  It also knows
nothing of context variables: here the function sees those of the request, and what it sets in them
is set for the request afterwards.
"""

import asyncio
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, TypeVar

__all__ = ["ThreadPool", "run_in_thread"]

ResultT = TypeVar("ResultT")

DEFAULT_SIZE = 40
MISSING: Any = object()


class ThreadPool:
    """Threads that are started when there is work for them, up to a number.

    Belongs to one event loop; the functions run in any of the threads.

    >>> pool = ThreadPool(2)
    >>> async def count():
    ...     return await pool.run(sum, [1, 2, 3])
    >>> asyncio.run(count())
    6
    >>> pool.close()
    """

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._size = size
        self._threads = 0
        self._open = 0  # calls that wait or run; changes on the loop alone, so no lock is needed
        self._queue: SimpleQueue[Job | None] = SimpleQueue()

    @property
    def threads(self) -> int:
        """How many threads there are."""
        return self._threads

    async def run(self, function: Callable[..., ResultT], *args: Any) -> ResultT:
        """Call a function in a thread.

        Whoever is cancelled waits until the function has returned, because nobody can stop it and
        it still uses what it was given.  A second cancellation ends the wait.
        """
        loop = asyncio.get_running_loop()
        before = copy_context()
        job = Job(loop, before.copy(), function, args)
        self._submit(job)
        try:
            result: ResultT = await asyncio.shield(job.future)
        except asyncio.CancelledError:
            if not job.withdraw():
                await discard(job.future)
            raise
        finally:
            self._open -= 1
            copy_changes(before, job.context)
        return result

    def close(self) -> None:
        """End the threads, each when its function has returned; another ``run`` starts new ones."""
        for _ in range(self._threads):
            self._queue.put(None)
        self._threads = 0
        self._queue = SimpleQueue()

    def _submit(self, job: "Job") -> None:
        self._open += 1
        if self._open > self._threads < self._size:
            self._threads += 1
            name = f"groundup-handler-{self._threads}"
            threading.Thread(target=work, args=(self._queue,), name=name, daemon=True).start()
        self._queue.put(job)


_pools: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ThreadPool]"
_pools = weakref.WeakKeyDictionary()


async def run_in_thread(function: Callable[..., ResultT], *args: Any) -> ResultT:
    """Call a function in a thread of the pool that belongs to the running loop.

    For code that runs in somebody else's server, and so has no pool of its own.
    """
    loop = asyncio.get_running_loop()
    pool = _pools.get(loop)
    if pool is None:
        _pools[loop] = pool = ThreadPool()
        weakref.finalize(loop, pool.close)
    return await pool.run(function, *args)


def work(queue: "SimpleQueue[Job | None]") -> None:
    """Run jobs until there is a None.  This is the life of a thread."""
    while (job := queue.get()) is not None:
        job()
        del job  # or an idle thread keeps the last request alive


class Job:
    """One call of a function: made and finished on the loop, run in a thread."""

    __slots__ = ("_args", "_function", "_loop", "_started", "context", "future")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: Context,
        function: Callable[..., Any],
        args: tuple[Any, ...],
    ) -> None:
        self.future: asyncio.Future[Any] = loop.create_future()  # awaited by shields only
        self.context = context
        self._loop = loop
        self._function = function
        self._args = args
        self._started = threading.Lock()  # held by whoever was first: the thread, or a withdrawal

    def __call__(self) -> None:
        """Call the function.  Runs in the thread."""
        if not self._started.acquire(blocking=False):
            return
        try:
            result = self.context.run(self._function, *self._args)
        except StopIteration as error:  # a future refuses it, and a coroutine would swallow it
            failure = RuntimeError("a handler raised StopIteration")
            failure.__cause__ = error
            self._post(None, failure)
        except BaseException as error:  # noqa: BLE001 - raised again where the call was ordered
            self._post(None, error)
        else:
            self._post(result, None)

    def withdraw(self) -> bool:
        """Take the job back if no thread has begun with it; say whether that was so."""
        return self._started.acquire(blocking=False)

    def _post(self, result: Any, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer
            self._loop.call_soon_threadsafe(self._finish, result, error)

    def _finish(self, result: Any, error: BaseException | None) -> None:
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


async def discard(future: "asyncio.Future[Any]") -> None:
    """Wait for a result that nobody wants any more, a response with an open file, and close it."""
    try:
        close_unused(await asyncio.shield(future))
    except asyncio.CancelledError:
        future.add_done_callback(close_result)
        raise
    except Exception:  # noqa: BLE001 - whoever would have handled it is gone
        return


def close_result(future: "asyncio.Future[Any]") -> None:
    """Close the result of a future when it has come."""
    if future.exception() is None:
        close_unused(future.result())


def close_unused(result: Any) -> None:
    """Close what can be closed."""
    if (close := getattr(result, "close", None)) is not None:
        with suppress(Exception):
            close()


def copy_changes(before: Context, after: Context) -> None:
    """Set in the current context whatever changed between two states of another one."""
    for variable, value in after.items():
        if before.get(variable, MISSING) is not value:
            variable.set(value)
