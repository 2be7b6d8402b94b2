"""Run one layer by its colour, wherever the caller is: a link of the chain.

                    called on a loop: run         called in a thread: call
    ASYNC layer     awaited                       awaited on the loop, the thread parks
    SYNC layer      in the request's thread       a plain call
    INLINE layer    a plain call                  a plain call

What a layer gave is looked at once.  An awaitable is awaited: a sync function may wrap an async
layer, and ``return next()`` without ``await`` is right in any colour.  Anything else that is no
response is an error which names the layer, because without a name it would show up as "None has no
attribute 'headers'" in an innocent layer further out.
"""

import inspect
from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, NamedTuple, TypeAlias

from groundup_middleware.bridge import call_in_thread, call_on_loop, find_loop
from groundup_middleware.colour import Colour, colour_of, describe, nonblocking
from groundup_middleware.lease import forbid_stop
from groundup_middleware.types import Layer, Next, is_response
from groundup_response import Response

__all__ = ["Link", "adaptive", "call_by_colour", "colour_free", "link_handler", "link_layer"]

COROUTINE: type[Any] = CoroutineType
NEXT = "next() into "  # how the names of the coroutines begin that `next()` gives

Run: TypeAlias = Callable[[Any, Next], Coroutine[Any, Any, Response]]
Call: TypeAlias = Callable[[Any, Next], Response]


class Link(NamedTuple):
    """One function in the two forms that it is entered by."""

    run: Run
    call: Call


def link_layer(layer: Layer) -> Link:
    """Return a layer as a link."""
    return name_link(LINKS[colour_of(layer)](layer, layer), layer)


def link_handler(handler: Callable[[Any], Any]) -> Link:
    """Return a handler as the last link, which has no use for its ``next``."""
    colour = colour_of(handler)
    if colour is not Colour.ASYNC:
        link = LINKS[colour](lambda request, _next: handler(request), handler)
        return name_link(link, handler)

    async def run(request: Any, _next: Next) -> Response:
        response = await handler(request)
        if isinstance(response, Response):
            return response
        return await _settle(response, handler)

    def call(request: Any, next: Next) -> Response:
        return call_on_loop(run, request, next)

    return name_link(Link(run, call), handler)


def name_link(link: Link, named: Callable[..., Any]) -> Link:
    """Give a link the name that Python's warning about a forgotten ``await next()`` will show."""
    link.run.__qualname__ = NEXT + describe(named)
    return link


def _link_async(layer: Layer, named: Callable[..., Any]) -> Link:
    async def run(request: Any, next: Next) -> Response:
        try:
            response = await layer(request, next)
        except AttributeError as error:
            _explain_missing_await(error, named)
            raise
        if isinstance(response, Response):
            return response
        return await _settle(response, named)

    def call(request: Any, next: Next) -> Response:
        return call_on_loop(run, request, next)

    return Link(run, call)


def _link_inline(layer: Layer, named: Callable[..., Any]) -> Link:
    async def run(request: Any, next: Next) -> Response:
        try:
            response = layer(request, next)
        except AttributeError as error:
            _explain_missing_await(error, named)
            raise
        if isinstance(response, COROUTINE):  # what next() gave, most likely
            response = await response
        if isinstance(response, Response):
            return response
        return await _settle(response, named)

    return Link(run, _blocking_call(layer, named))


def _link_sync(layer: Layer, named: Callable[..., Any]) -> Link:
    call = _blocking_call(layer, named)

    async def run(request: Any, next: Next) -> Response:
        return await call_in_thread(call, request, next)

    return Link(run, call)


LINKS: dict[Colour, Callable[[Layer, Callable[..., Any]], Link]] = {
    Colour.ASYNC: _link_async,
    Colour.INLINE: _link_inline,
    Colour.SYNC: _link_sync,
}


def _blocking_call(layer: Layer, named: Callable[..., Any]) -> Call:
    def call(request: Any, next: Next) -> Response:
        try:
            response = layer(request, next)
        except StopIteration as error:
            raise forbid_stop(named, error) from error
        if isinstance(response, Response):
            return response
        if inspect.isawaitable(response):
            return call_on_loop(_settle, response, named)
        return _check(response, named)

    return call


async def _settle(result: Any, named: Callable[..., Any]) -> Response:
    """Await what was not awaited, until there is something to look at."""
    while inspect.isawaitable(result):
        result = await result
    return _check(result, named)


def _check(result: Any, named: Callable[..., Any]) -> Response:
    if is_response(result):
        return result
    got = "None" if result is None else f"{type(result).__name__} {result!r:.40}"
    msg = (
        f"{describe(named)} must return a response, got {got}: "
        "a layer ends with `return next()` or `return Response(...)`, a handler with the latter"
    )
    raise TypeError(msg)


def _explain_missing_await(error: AttributeError, named: Callable[..., Any]) -> None:
    """Raise what is meant, if a layer took the awaitable that ``next()`` gave for a response."""
    if not _is_of_next(error):
        return
    forgotten: Any = error.obj
    if isinstance(forgotten, COROUTINE):
        forgotten.close()  # or Python warns a second time, and later
    advice = "write `response = await next()`"
    if colour_of(named) is Colour.INLINE:
        advice = "a @nonblocking layer can only pass it on: make it async, or remove the mark"
    used = str(error.name or str(error).rpartition(" ")[2].strip("'"))
    msg = f"{describe(named)} used {used!r} of a response that was not awaited: {advice}"
    raise TypeError(msg) from error


def _is_of_next(error: AttributeError) -> bool:
    """Return whether the object without the attribute is what ``next()`` gave to this layer.

    The handler below may have forgotten an ``await`` of its own, and that is not our affair.
    """
    forgotten: Any = error.obj
    if forgotten is not None:
        return inspect.isawaitable(forgotten) and _names_next(forgotten)
    # Setting one (`response.status = 500`) raises an error that knows its object in words only,
    # so it must come from the layer itself: from the frame right below the one that caught it.
    trace = error.__traceback__
    direct = trace is not None and trace.tb_next is not None and trace.tb_next.tb_next is None
    return direct and str(error).startswith("'coroutine' object has no attribute")


def _names_next(awaitable: Any) -> bool:
    return str(getattr(awaitable, "__qualname__", NEXT)).startswith(NEXT)


def adaptive(function: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """Make an async function that can be called from both sides, as ``next`` can.

    Where a loop runs, a call gives an awaitable; in the thread of a request, it blocks.
    """

    def call(*args: Any) -> Any:
        return call_on_loop(function, *args) if find_loop() is None else function(*args)

    return call


def colour_free(layer: Layer) -> Layer:
    """Wrap a layer so that another layer may call it without knowing its colour.

    The wrapper is ``@nonblocking``: it gives an awaitable where a loop runs, and a response in a
    thread.  That is what a layer needs that decides about other layers.

    >>> def only_for(path, layer):
    ...     layer = colour_free(layer)
    ...
    ...     @nonblocking
    ...     def conditional(request, next):
    ...         return layer(request, next) if request.path == path else next()
    ...
    ...     return conditional
    """
    run, call = link_layer(layer)

    @nonblocking
    def either(request: Any, next: Next) -> Any:
        return call(request, next) if find_loop() is None else run(request, next)

    return either


async def call_by_colour(function: Callable[..., Any], *args: Any) -> Any:
    """Call any function from async code: sync ones in the request's thread, unless marked."""
    result: Any
    if colour_of(function) is Colour.SYNC:
        result = await call_in_thread(function, *args)
    else:
        result = function(*args)
    return await result if inspect.isawaitable(result) else result
