"""Run several layers at the same time, around one run of everything below them.

                 ┌─ a ── next() ─┐               ┌─► a goes on ─┐
    request ─────┼─ b ── next() ─┼─► the rest ───┼─► b goes on ─┼───► response
                 └─ c ── next() ─┘    (once)     └─► c goes on ─┘

Each layer's ``next()`` waits until all have called theirs.  Then everything below runs, once, and
all go on with its response.  So a layer needs no change to run beside others, and three layers that
each ask another service wait as long as the slowest of them.

A layer that returns a response without calling ``next()`` ends it: the others are cancelled, and
nothing below runs.  So does an error.  A layer that returns None before or without the response has
done its part.  If a layer returns another response than it was given, that one counts; of several,
the one of the layer named first.

Async layers really run at the same time.  Sync ones share the request's thread: they take turns,
and each waits in ``next()`` while the others run.
"""

import asyncio
from collections.abc import Generator, Iterable
from contextvars import Context, copy_context
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import (
    AsyncNext,
    Layer,
    Next,
    call_by_colour,
    call_on_loop,
    copy_changes,
    describe,
    is_response,
)
from groundup_response import Response

__all__ = ["parallel", "parallel_middleware"]


def parallel(*layers: Layer) -> Layer:
    """Return one layer that runs all of these at the same time.

    >>> from groundup_middleware import Pipeline
    >>> async def count(request, next):
    ...     request.append("counted")
    >>> def trace(request, next):
    ...     response = next()
    ...     request.append(f"traced {response.status}")
    ...     return response
    >>> request = []
    >>> handler = lambda request: Response(200)
    >>> Pipeline([parallel(count, trace)]).run_sync(request, handler).status, request
    (200, ['counted', 'traced 200'])
    """

    async def in_parallel(request: Any, next: AsyncNext) -> Response:
        junction = Junction(len(layers))
        branches = [Branch(junction, layer, request) for layer in layers]
        try:
            early = await junction.meet()
            if early is not None:
                return early
            return await junction.pass_on(branches, next)
        finally:
            for branch in branches:
                branch.task.cancel()
            await asyncio.gather(*(branch.task for branch in branches), return_exceptions=True)
            for branch in branches:  # after an error or an early answer, too
                branch.merge_context()

    return annotate(in_parallel, "parallel", *layers, together=True)


parallel_middleware = parallel


class Junction:
    """Where the branches of one request meet, and part again."""

    def __init__(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        self.missing = count
        self.met: asyncio.Future[Response | None] = loop.create_future()
        self.outcome: asyncio.Future[Response] = loop.create_future()
        self.before = copy_context()  # of the rest
        self.after = self.before
        if not count:
            self.met.set_result(None)

    async def meet(self) -> Response | None:
        """Wait until every branch is here, or until one answers by itself."""
        return await self.met

    def count_arrival(self) -> None:
        """Note that one more branch waits for the response, or is done."""
        self.missing -= 1
        if not self.missing and not self.met.done():
            self.met.set_result(None)

    def end_early(self, result: Response | BaseException) -> None:
        """Let the request end with what one branch returned or raised."""
        if self.met.done():
            return
        if isinstance(result, BaseException):
            self.met.set_exception(result)
        else:
            self.met.set_result(result)

    async def pass_on(self, branches: "list[Branch]", next: AsyncNext) -> Response:
        """Run everything below, give all branches its response, and return the final one."""
        for branch in branches:
            branch.merge_context()
        self.before = copy_context()
        response: Response | None = None
        try:
            response = await next()
            self.outcome.set_result(response)
        except Exception as error:  # noqa: BLE001 - each branch may handle it, and most let it go on
            self.outcome.set_exception(error)
            self.outcome.exception()  # or a branch that never looks makes asyncio complain
        self.after = copy_context()
        results = await asyncio.gather(*(branch.task for branch in branches))
        return choose_response(results, response) or self.outcome.result()


def choose_response(results: Iterable[Response | None], given: Response | None) -> Response | None:
    """Return the first response that is another one than all were given, or else that one."""
    for result in results:
        if result is not None and result is not given:
            return result
    return given


class Branch:
    """One of the layers, in a task of its own."""

    def __init__(self, junction: Junction, layer: Layer, request: Any) -> None:
        self.junction = junction
        self.layer = layer
        self.arrived = False
        self.context = junction.before.copy()
        # Two states of this branch's context: what changed between them, nobody else knows yet.
        self.known = junction.before
        self.current: Context = self.context
        loop = asyncio.get_running_loop()
        self.task = loop.create_task(self.run(request), context=self.context)
        self.task.add_done_callback(self.finish)

    async def run(self, request: Any) -> Response | None:
        """Run the layer, and look at what it gave."""
        result = await call_by_colour(self.layer, request, self.make_next())
        if result is None or is_response(result):
            return result
        msg = f"{describe(self.layer)} must return a response or None, got {result!r:.40}"
        raise TypeError(msg)

    def make_next(self) -> Next:
        """Return a ``next`` that works called and awaited."""

        def next() -> Any:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return call_on_loop(self.wait)
            self.arrive()
            return Awaited(self)

        return next

    def arrive(self) -> None:
        """Note that this layer has called ``next()``, for the first time."""
        if not self.arrived:
            self.arrived = True
            self.current = copy_context()
            self.junction.count_arrival()

    async def wait(self) -> Response:
        """Wait for the response, and for what the layers below changed in the context."""
        self.arrive()
        try:
            return await asyncio.shield(self.junction.outcome)
        finally:
            copy_changes(self.junction.before, self.junction.after)
            self.known = copy_context()
            self.current = self.context

    def finish(self, task: "asyncio.Task[Response | None]") -> None:
        """Look at how the layer ended."""
        if task.cancelled():
            self.junction.end_early(asyncio.CancelledError())
        elif error := task.exception():
            self.junction.end_early(error)
        elif not self.arrived:
            self.arrived = True
            if (response := task.result()) is None:
                self.junction.count_arrival()
            else:
                self.junction.end_early(response)

    def merge_context(self) -> None:
        """Copy to the current context what this layer changed since the last time."""
        copy_changes(self.known, self.current)
        self.known = self.current.copy()


class Awaited:
    """What ``next()`` gives on a loop: the response, after ``await``."""

    def __init__(self, branch: Branch) -> None:
        self._branch = branch

    def __await__(self) -> Generator[Any, None, Response]:
        return self._branch.wait().__await__()

    def __getattr__(self, name: str) -> Any:
        msg = f"{name!r} was read of a response that was not awaited: `response = await next()`"
        raise AttributeError(msg, name=name, obj=self)
