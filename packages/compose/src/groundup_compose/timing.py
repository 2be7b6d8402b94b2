"""Measure what each link of a chain costs.

    timed(pipeline)        layer ─┤clock├─ next() ─┤stopped├─ the rest ...

Each layer is wrapped in a clock of its own colour, so that the chain runs in the same threads as
before.  The clock of a layer stands still while the layers below it run.
"""

import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from groundup_compose.show import find_name, format_place
from groundup_middleware import Colour, Handler, Layer, Next, Pipeline, colour_of, nonblocking
from groundup_response import Response

__all__ = ["Cost", "Timed", "timed"]


class Cost:
    """What one link took, without what is below it.  Safe to add to from any thread."""

    def __init__(self, name: str, place: str) -> None:
        self.name = name
        self.place = place
        self.calls = 0
        self.seconds = 0.0
        self._lock = threading.Lock()

    def add(self, seconds: float) -> None:
        """Count one call."""
        with self._lock:
            self.calls += 1
            self.seconds += seconds


class Timed:
    """A pipeline that measures its links: compile, handle and run_sync as with the plain one.

    The time of a link is wall time: what it waits for counts.  The way into a thread and back
    counts for nobody.

    >>> pipeline = timed(Pipeline([lambda request, next: next()]))
    >>> pipeline.run_sync(None, lambda request: Response(200)).status
    200
    >>> [cost.calls for cost in pipeline.costs]
    [1, 1]
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.costs = [Cost(find_name(layer), format_place(layer)) for layer in pipeline.layers]
        layers = [
            measure(layer, cost) for layer, cost in zip(pipeline.layers, self.costs, strict=True)
        ]
        self._pipeline = Pipeline(layers, pool=pipeline.pool)
        self._handlers: dict[Handler[Any], Handler[Any]] = {}
        self._handler_cost = Cost("handler", "")
        self.costs.append(self._handler_cost)

    def compile(self, handler: Handler[Any]) -> Callable[[Any], Coroutine[Any, Any, Response]]:
        """Return the measured chain as one async function."""
        return self._pipeline.compile(self._measure(handler))

    async def handle(self, request: Any, handler: Handler[Any]) -> Response:
        """Answer one request, and measure."""
        return await self._pipeline.handle(request, self._measure(handler))

    def run_sync(self, request: Any, handler: Handler[Any]) -> Response:
        """Answer one request in the calling thread, and measure."""
        return self._pipeline.run_sync(request, self._measure(handler))

    def _measure(self, handler: Handler[Any]) -> Handler[Any]:
        measured = self._handlers.get(handler)
        if measured is None:
            measured = self._handlers[handler] = measure_handler(handler, self._handler_cost)
        return measured

    def report(self) -> str:
        """Return a table: for each link the mean time, its share, and where it is."""
        whole = sum(cost.seconds for cost in self.costs) or 1.0
        wide = max(len(cost.name) for cost in self.costs)
        lines = [f"{'':{wide}}  {'calls':>7}  {'µs each':>9}  share"]
        for cost in self.costs:
            each = cost.seconds / cost.calls * 1e6 if cost.calls else 0.0
            share = cost.seconds / whole
            row = f"{cost.name:{wide}}  {cost.calls:7}  {each:9.1f}  {share:5.0%}  {cost.place}"
            lines.append(row.rstrip())
        return "".join(f"{line}\n" for line in lines)


def timed(pipeline: Pipeline) -> Timed:
    """Return a pipeline of the same layers that measures what each of them costs."""
    return Timed(pipeline)


class Clock:
    """The time of one call of a layer, stopped while the layers below it run."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost
        self._start = time.perf_counter()
        self._below = 0.0

    def stop(self) -> None:
        """Add the time to the cost."""
        self._cost.add(time.perf_counter() - self._start - self._below)

    def wrap(self, next: Next) -> Next:
        """Return a ``next`` that stops this clock while it runs."""

        def timed_next() -> Any:
            start = time.perf_counter()
            try:
                result = next()
            finally:
                self._below += time.perf_counter() - start
            return self.wait(result) if inspect.isawaitable(result) else result

        return timed_next

    async def wait(self, result: Awaitable[Any]) -> Any:
        """Await what ``next()`` gave, with the clock stopped."""
        start = time.perf_counter()
        try:
            return await result
        finally:
            self._below += time.perf_counter() - start


def measure(layer: Layer, cost: Cost) -> Layer:
    """Wrap a layer in one of the same colour that measures it."""
    colour = colour_of(layer)

    async def async_layer(request: Any, next: Next) -> Any:
        clock = Clock(cost)
        try:
            result = await layer(request, clock.wrap(next))
            return await result if inspect.isawaitable(result) else result
        finally:
            clock.stop()

    def sync_layer(request: Any, next: Next) -> Any:
        clock = Clock(cost)
        try:
            return layer(request, clock.wrap(next))
        finally:
            clock.stop()

    if colour is Colour.ASYNC:
        return async_layer
    return nonblocking(sync_layer) if colour is Colour.INLINE else sync_layer


def measure_handler(handler: Handler[Any], cost: Cost) -> Handler[Any]:
    """Wrap a handler in one of the same colour that measures it."""
    colour = colour_of(handler)

    async def async_handler(request: Any) -> Any:
        start = time.perf_counter()
        try:
            result = handler(request)
            return await result if inspect.isawaitable(result) else result
        finally:
            cost.add(time.perf_counter() - start)

    def sync_handler(request: Any) -> Any:
        start = time.perf_counter()
        try:
            return handler(request)
        finally:
            cost.add(time.perf_counter() - start)

    if colour is Colour.ASYNC:
        return async_handler
    return nonblocking(sync_handler) if colour is Colour.INLINE else sync_handler
