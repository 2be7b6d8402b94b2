"""Join layers and a handler into one function: the middleware pipeline.

    request ─► log ─► auth ─► handler
                │       └ next() ▲
                └ next() ▲

Each layer gets ``next``, a function without arguments that runs everything below it.  A layer may
call it once, not at all (it answers itself) or several times (it tries again).  Sync and async
functions mix in any order: `groundup_middleware.links` runs each where it belongs, and
`groundup_middleware.lease` keeps it at one thread for each request.

The chain is compiled once.  What is left for a request is one small closure for each layer.  There
is no boundary for errors here: what a handler raises comes out of ``next()`` of the layer above.

A ``next`` must know whether a loop runs where it is called.  Python 3.11 asks the system for the
number of the process to tell, which takes a third of a layer's time; so it is asked only in other
threads than that of the request's loop, the *home* of the request.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable
from threading import get_ident
from typing import Any, TypeAlias, TypeVar

from groundup_middleware.bridge import find_lease, find_loop
from groundup_middleware.colour import describe, is_async
from groundup_middleware.lease import Lease, current_lease
from groundup_middleware.links import Link, link_handler, link_layer
from groundup_middleware.threads import ThreadPool, shared_pool
from groundup_middleware.types import Handler, Layer, Next, RequestT
from groundup_response import Response

__all__ = ["Pipeline"]

LayerT = TypeVar("LayerT", bound=Layer)
Compiled: TypeAlias = Callable[[RequestT], Coroutine[Any, Any, Response]]

MAX_COMPILED = 64  # handlers whose chain `handle` and `run_sync` remember


NextMaker: TypeAlias = Callable[[Any, int], Next]

NO_HOME = 0  # no thread has this number: there is no loop to begin with


class Chain:
    """A compiled chain: the first link, and what makes its ``next``."""

    def __init__(self, layers: Iterable[Layer], handler: Callable[[Any], Any]) -> None:
        layers = tuple(layers)
        links = [*map(link_layer, layers), link_handler(handler)]
        self.first = links[0]
        self.start_next: NextMaker = end_chain
        for link in reversed(links[1:]):
            last = link is links[-1]
            self.start_next = make_last(link) if last else make_next(link, self.start_next)


def make_next(link: Link, following: NextMaker) -> NextMaker:
    """Return the function that makes, for one request, the ``next`` that runs this link."""
    run, call = link

    def start_next(request: Any, home: int) -> Next:
        def next() -> Any:
            if get_ident() == home or find_loop() is not None:
                return run(request, following(request, home))
            return call(request, following(request, home))

        return next

    return start_next


def make_last(link: Link) -> NextMaker:
    """Do the same for the handler, which has nothing below it."""
    run, call = link

    def start_last(request: Any, home: int) -> Next:
        def next() -> Any:
            if get_ident() == home or find_loop() is not None:
                return run(request, refuse_next)
            return call(request, refuse_next)

        return next

    return start_last


def end_chain(_request: Any, _home: int) -> Next:
    """Stand below a chain that is a handler alone."""
    return refuse_next


def refuse_next() -> Any:
    """Stand for the ``next`` of a handler, which never looks at it."""
    raise RuntimeError("nothing comes after the handler")  # pragma: no cover - no way leads here


class Pipeline:
    """Layers in the order in which a request meets them.

    >>> pipeline = Pipeline()
    >>> @pipeline.use
    ... def shout(request, next):
    ...     response = next()
    ...     response.set_body(response.text.upper())
    ...     return response
    >>> async def greet(name):
    ...     return Response(200, f"Hello {name}!")
    >>> pipeline.run_sync("you", greet).text
    'HELLO YOU!'

    Add layers before the first request.  After that a pipeline, and whatever it compiled, may be
    shared between threads, tasks and loops.

    Args:
        layers: The first layers; `use` adds more.
        threads: How many threads the sync layers of this pipeline share.  Without it (and without
            ``pool``) they share the 40 that everything in this process shares.
        pool: The threads to use, to share them with other blocking work.
    """

    def __init__(
        self,
        layers: Iterable[Layer] = (),
        *,
        threads: int | None = None,
        pool: ThreadPool | None = None,
    ) -> None:
        if threads is not None and pool is not None:
            raise TypeError("give threads or pool, not both: the pool has its own size")
        own = shared_pool if threads is None else ThreadPool(threads)
        self.pool = own if pool is None else pool
        self._layers: list[Layer] = []
        self._compiled: dict[Handler[Any], tuple[Chain, Compiled[Any]]] = {}
        for layer in layers:
            self.use(layer)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, outermost first."""
        return tuple(self._layers)

    def use(self, layer: LayerT) -> LayerT:
        """Add a layer below the others, and return it: this is a decorator too.

        Raises:
            TypeError: It cannot be called with a request and ``next``.
        """
        check_arguments(layer, 2, "a layer takes (request, next)")
        self._layers.append(layer)
        self._compiled.clear()
        return layer

    def compile(self, handler: Handler[RequestT]) -> Compiled[RequestT]:
        """Return the layers of now and a handler as one async function.

        Without layers, an async handler is returned as it is.

        Raises:
            TypeError: The handler cannot be called with a request.
        """
        return self._compile(handler)[1]

    async def handle(self, request: RequestT, handler: Handler[RequestT]) -> Response:
        """Answer one request.  The chain of each handler is compiled at its first request."""
        return await self._find_compiled(handler)[1](request)

    def run_sync(self, request: RequestT, handler: Handler[RequestT]) -> Response:
        """Answer one request in the calling thread, for servers that have no loop.

        Sync layers are plain calls.  Async ones run on one background loop that all requests share;
        meanwhile this thread is parked, and does the sync work below them.

        Raises:
            RuntimeError: A loop runs in this thread, and this call would block it.
        """
        if find_loop() is not None:
            raise RuntimeError("run_sync would block the running loop: `await handle(...)` there")
        chain = self._find_compiled(handler)[0]
        outer = current_lease.get()
        if outer is not None and outer.is_here():
            return chain.first.call(request, chain.start_next(request, NO_HOME))
        lease = Lease(self.pool)
        lease.adopt()
        token = current_lease.set(lease)
        try:
            return chain.first.call(request, chain.start_next(request, NO_HOME))
        finally:
            current_lease.reset(token)
            lease.release()

    def _find_compiled(self, handler: Handler[RequestT]) -> tuple[Chain, Compiled[RequestT]]:
        try:
            found = self._compiled.get(handler)
        except TypeError:  # an object that cannot be hashed
            return self._compile(handler)
        if found is None:
            found = self._compile(handler)
            if len(self._compiled) >= MAX_COMPILED:
                self._compiled.clear()
            self._compiled[handler] = found
        return found

    def _compile(self, handler: Handler[RequestT]) -> tuple[Chain, Compiled[RequestT]]:
        check_arguments(handler, 1, "a handler takes (request)")
        chain = Chain(self._layers, handler)
        if not self._layers and is_async(handler):
            # is_async looks at the object, which says more than any type could.
            return chain, handler  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        return chain, lend_thread(chain, self.pool)


def lend_thread(chain: Chain, pool: ThreadPool) -> Compiled[Any]:
    """Return a chain as an async function that gives each request its lease.

    A pipeline inside of another one (the layers of a route, a mounted application) finds the lease
    of the outer one.
    """
    first, start_next = chain.first.run, chain.start_next

    async def run(request: Any) -> Response:
        token = current_lease.set(find_lease(pool))
        try:
            return await first(request, start_next(request, get_ident()))
        finally:
            # Without its task, if the garbage collector closes what a stopped loop left behind.
            try:  # noqa: SIM105 - a suppress() for each request costs as much as a layer
                current_lease.reset(token)
            except ValueError:
                pass

    return run


def check_arguments(function: Callable[..., Any], count: int, expected: str) -> None:
    """Raise TypeError unless a function takes this many positional arguments."""
    if not callable(function):
        raise TypeError(f"{expected} and is a function, got {function!r:.40}")
    try:
        signature = inspect.signature(function)
    except ValueError:  # builtins without one
        return
    try:
        signature.bind(*[None] * count)
    except TypeError:
        raise TypeError(f"{expected}, {describe(function)} takes {signature}") from None
