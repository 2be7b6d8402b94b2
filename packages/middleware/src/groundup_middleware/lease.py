"""Lend one worker thread to one request: where sync and async code meet, in both directions.

    loop     ── S1 ─►                  ┌─► async layer ─ S2 ─►        ─► response
    thread            S1 calls next() ─┘ parked: waits in  └─► S2 runs here, in the parked thread
                                         its inbox

A request that meets its first sync layer leases a thread.  When that layer calls ``next()`` and the
way goes on in async code, the thread parks: it waits for the answer, and meanwhile does all deeper
sync work of the same request.  So a request that holds a thread never waits for another one, and no
pool, not even one with a single thread, can run into a deadlock.

Everything about who works and who is parked changes on the loop's thread alone; the inbox is the
one thing that both sides touch.  Its order is what makes it safe: work goes in only while some call
is parked, and the answer to that call goes in later, so nothing is left behind in the inbox.

Context variables follow.  Each crossing runs in a copy of the context, and what changed there is
copied back; what others changed meanwhile stays.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError as FutureCancelledError
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from queue import SimpleQueue
from typing import Any, TypeVar

from groundup_middleware.background import background_loop
from groundup_middleware.colour import describe
from groundup_middleware.threads import ThreadPool

__all__ = [
    "Lease",
    "copy_changes",
    "current_lease",
    "forbid_stop",
]

ResultT = TypeVar("ResultT")

MISSING: Any = object()


class Lease:
    """The thread of one request; all its sync parts run there, one at a time.

    Belongs to one request and one loop.  The tasks of that request may share it.
    """

    __slots__ = (
        "_busy",
        "_inbox",
        "_loop",
        "_parked",
        "_pool",
        "_waiting",
        "hops",
        "thread",
        "work",
    )

    def __init__(self, pool: ThreadPool, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._pool = pool
        self._loop = loop
        self._busy = False  # a thread of the pool, or the caller of run_sync, works for us
        self._parked = 0  # how many calls of that thread wait for async code
        # Most requests never park and never wait, so these are made when someone does.
        self._inbox: SimpleQueue[Work | Call] | None = None
        self._waiting: list[asyncio.Future[None]] | None = None
        self.hops = 0
        self.thread: int | None = None
        self.work: Work | None = None  # what the thread is doing, innermost

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of this request's async parts."""
        if self._loop is None:
            self._loop = background_loop()
        return self._loop

    async def run(self, function: Callable[..., ResultT], *args: Any) -> ResultT:
        """Call a sync function in this request's thread, from the loop."""
        while self._busy and not self._parked:  # another branch of this request works there
            await self._wait_for_turn()
        work = Work(self, function, args)
        self.hops += 1
        if self._parked and self._inbox is not None:
            self._inbox.put(work)
        else:
            self._submit(work)
        try:
            result: ResultT = await work.future
            return result
        finally:
            if work.future.done() and not work.future.cancelled():
                copy_changes(work.before, work.context)
                work.forget()
            else:
                work.cancel()

    def _submit(self, work: "Work") -> None:
        self._busy = work.outermost = True
        try:
            self._pool.submit(work)
        except RuntimeError:
            self.free()
            raise

    def call(self, function: Callable[..., Awaitable[ResultT]], *args: Any) -> ResultT:
        """Call an async function on the loop, from this request's thread, and wait for it."""
        if not self.is_here():
            return self._call_from_stranger(function, args)
        inbox = self._inbox = self._inbox or SimpleQueue()
        call = Call(self, function, args, inbox)
        self.loop.call_soon_threadsafe(call.start)
        try:
            work_until_done(call)
        except BaseException:  # Ctrl-C in the main thread
            self.loop.call_soon_threadsafe(call.cancel)
            raise
        copy_changes(call.before, call.context)
        try:
            result: ResultT = call.task.result()
            return result
        finally:
            del call  # an error would hold this frame, and this frame the error

    def _call_from_stranger(
        self, function: Callable[..., Awaitable[ResultT]], args: tuple[Any, ...]
    ) -> ResultT:
        """Do the same for a thread that a layer started by itself: it has no inbox, so it waits."""
        future = asyncio.run_coroutine_threadsafe(finish(function, args), self.loop)
        try:
            return future.result()
        except FutureCancelledError:
            raise asyncio.CancelledError from None

    def is_here(self) -> bool:
        """Return whether the calling thread is the one of this request."""
        return self.thread == threading.get_ident()

    def adopt(self) -> None:
        """Make the calling thread the one of this request."""
        self._busy = True
        self.thread = threading.get_ident()

    def release(self) -> None:
        """Let the adopted thread go."""
        self.thread = None
        if self._loop is None:
            self.free()
        else:
            self._loop.call_soon_threadsafe(self.free)

    def free(self) -> None:
        """Note that the thread went back to the pool.  Runs on the loop."""
        self._busy = False
        self._wake()

    def park(self, call: "Call") -> None:
        """Note that the thread waits for this call.  Runs on the loop."""
        self._parked += 1
        call.task.add_done_callback(lambda _: self._unpark(call))
        self._wake()

    def _unpark(self, call: "Call") -> None:
        self._parked -= 1
        call.inbox.put(call)

    async def _wait_for_turn(self) -> None:
        turn = self.loop.create_future()
        if self._waiting is None:
            self._waiting = []
        self._waiting.append(turn)
        await turn

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        for turn in waiting or ():
            if not turn.done():
                turn.set_result(None)


current_lease: ContextVar[Lease | None] = ContextVar("groundup_lease", default=None)


class Work:
    """One sync function on its way through the thread: made and finished on the loop."""

    __slots__ = (
        "args",
        "before",
        "calls",
        "cancelled",
        "context",
        "function",
        "future",
        "lease",
        "outermost",
    )

    def __init__(self, lease: Lease, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.lease = lease
        self.function = function
        self.args = args
        self.context = copy_context()
        self.context.run(current_lease.set, lease)
        self.before = self.context.copy()
        self.future: asyncio.Future[Any] = lease.loop.create_future()
        self.calls: list[Call] = []
        self.cancelled = False
        self.outermost = False

    def __call__(self) -> None:
        """Run the function.  Runs in the thread."""
        lease = self.lease
        outer, lease.work = lease.work, self
        if self.outermost:
            lease.thread = threading.get_ident()
        try:
            # A cancelled one waited for the thread until nobody wanted its result any more.
            result = None if self.cancelled else self.context.run(self.function, *self.args)
        except StopIteration as error:  # a future refuses it, and a coroutine would swallow it
            self._post(None, forbid_stop(self.function, error))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the work was ordered
            self._post(None, error)
        else:
            self._post(result, None)
        finally:
            lease.work = outer

    def _post(self, result: Any, error: BaseException | None) -> None:
        if self.outermost:
            self.lease.thread = None
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer
            self.lease.loop.call_soon_threadsafe(self._finish, result, error)

    def _finish(self, result: Any, error: BaseException | None) -> None:
        if self.outermost:
            self.lease.free()
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)

    def forget(self) -> None:
        """Let go of everything: an error holds our frame, and would be held by it."""
        self.calls.clear()
        self.args = ()
        del self.future

    def cancel(self) -> None:
        """Wake the thread if it is parked in this work, and refuse its further calls."""
        self.cancelled = True
        for call in self.calls:
            call.cancel()


class Call:
    """One async function on its way through the loop, while the thread that called it is parked."""

    __slots__ = ("args", "before", "context", "done", "function", "inbox", "lease", "task", "work")

    task: "asyncio.Task[Any]"

    def __init__(
        self,
        lease: Lease,
        function: Callable[..., Awaitable[Any]],
        args: tuple[Any, ...],
        inbox: "SimpleQueue[Work | Call]",
    ) -> None:
        self.lease = lease
        self.function = function
        self.args = args
        self.inbox = inbox
        self.before = copy_context()
        self.context = self.before.copy()
        self.work = lease.work
        self.done = False  # the thread has heard that the task ended

    def start(self) -> None:
        """Start the task.  Runs on the loop."""
        self.task = self.lease.loop.create_task(
            finish(self.function, self.args), context=self.context
        )
        self.lease.park(self)
        if self.work is not None:
            self.work.calls.append(self)
            if self.work.cancelled:
                self.task.cancel()

    def cancel(self) -> None:
        """Cancel the task.  Runs on the loop."""
        self.task.cancel()


def work_until_done(call: Call) -> None:
    """Do what comes into the inbox until the answer to this call does.  Runs in the thread."""
    while not call.done:
        item = call.inbox.get()
        if isinstance(item, Call):
            item.done = True  # perhaps that of an outer frame: it looks when we return
        else:
            item()


def forbid_stop(function: Callable[..., Any], error: StopIteration) -> RuntimeError:
    """Return what a coroutine would raise in place of StopIteration: PEP 479, for sync code."""
    replacement = RuntimeError(f"{describe(function)} raised StopIteration")
    replacement.__cause__ = error
    return replacement


async def finish(function: Callable[..., Awaitable[ResultT]], args: tuple[Any, ...]) -> ResultT:
    """Call and await, so that an error of the call itself is an error of the task."""
    return await function(*args)


def copy_changes(before: Context, after: Context) -> None:
    """Set in the current context whatever changed between two states of another one."""
    for variable, value in after.items():
        if before.get(variable, MISSING) is not value and variable is not current_lease:
            variable.set(value)
