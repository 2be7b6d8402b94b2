"""Start a coroutine at once, and make a Task of it only if it has to wait.

    start(coroutine) ──► first step, here and now ──► ended: no Task was made
                                                 └──► waits: the Task goes on with it

Most handlers never wait, and a Task for each costs as much as parsing its request.  From Python
3.12 on, eager tasks do this.  Before, the first step is run by hand *inside* a spare task, so that
``asyncio.current_task()``, time-outs and task groups work as they would in a task of its own: the
one that goes on when the coroutine waits is the very task in which it began.

Each coroutine runs in a context of its own: what one request sets, no other sees.
"""

import asyncio
import sys
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any

__all__ = ["Starter"]

NOTHING: Any = object()


class EagerStarter:
    """Starts coroutines by eager tasks: Python 3.12 and later."""

    __slots__ = ("_options",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._options: dict[str, Any] = {"loop": loop, "eager_start": True}

    def start(self, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
        """Run a coroutine to its first wait; return the task that goes on, if it has to."""
        task = asyncio.Task(coroutine, context=copy_context(), **self._options)
        return None if task.done() else task

    def close(self) -> None:
        """Keep nothing."""


class SpareStarter:
    """Starts coroutines by hand, inside a spare task: Python 3.11.

    Belongs to one event loop.
    """

    __slots__ = ("_loop", "_spare")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._spare: Driver | None = None

    def start(self, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
        """Run a coroutine to its first wait; return the task that goes on, if it has to."""
        loop, context, spare = self._loop, copy_context(), self._spare
        if spare is None:
            self._spare = spare = Driver(loop)
        task = spare.task
        try:
            _enter_task(loop, task)
        except RuntimeError:  # we are called from another task, and tasks cannot be nested
            return loop.create_task(coroutine, context=context)
        try:
            waits_for = context.run(coroutine.send, None)
        except StopIteration:
            if task.cancelling():  # a mark that the next coroutine must not find
                self.close()
            return None
        finally:
            _leave_task(loop, task)
        self._spare = None
        spare.drive(coroutine, context, waits_for)
        return task

    def close(self) -> None:
        """Give the spare task up."""
        if self._spare is not None:
            self._spare.task.cancel()
            self._spare = None


Starter = EagerStarter if sys.version_info >= (3, 12) else SpareStarter


class Driver(Coroutine[Any, Any, None]):
    """What the spare task runs: nothing at first, then the rest of somebody's coroutine.

    To its task it looks like a coroutine that has waited since its start.
    """

    __slots__ = ("_context", "_coroutine", "_idle", "_waits_for", "task")
    __name__ = "answer_request"  # what a task shows of its coroutine

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._coroutine: Coroutine[Any, Any, None] | None = None
        self._context: Context | None = None
        self._waits_for: Any = NOTHING
        self._idle: asyncio.Future[None] = loop.create_future()
        self.task = loop.create_task(self)

    def drive(self, coroutine: Coroutine[Any, Any, None], context: Context, waits_for: Any) -> None:
        """Go on with a coroutine whose first step has been run, and that waits now.

        Args:
            coroutine: Whose steps are to be run.
            context: Where to run them.
            waits_for: What the first step gave: a future, or None for one turn of the loop.
        """
        self._coroutine, self._context, self._waits_for = coroutine, context, waits_for
        if not self._idle.done():
            self._idle.set_result(None)

    def send(self, value: Any, /) -> Any:
        """Run a step, for the task."""
        if self._coroutine is None or self._context is None:
            return next(iter(self._idle))  # the task waits for this future, until there is work
        if self._waits_for is not NOTHING:
            waits_for, self._waits_for = self._waits_for, NOTHING
            return waits_for
        return self._context.run(self._coroutine.send, value)

    def throw(self, *error: Any) -> Any:
        """Raise an error in the coroutine, for the task: a cancellation, or what it waited for."""
        if self._coroutine is None or self._context is None:
            raise error[0]
        if self._waits_for is not NOTHING:
            # Cancelled before the task began to wait.  A task passes that on to whatever it waits
            # for, and hears of it from there.
            waits_for, self._waits_for = self._waits_for, NOTHING
            if waits_for is not None and waits_for.cancel():
                return waits_for
        return self._context.run(self._coroutine.throw, *error)

    def close(self) -> None:
        """End the coroutine."""
        if self._coroutine is not None:
            self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, None]:
        raise TypeError("a driver is run by its task alone")
