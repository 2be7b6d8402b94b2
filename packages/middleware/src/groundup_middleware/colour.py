"""Tell sync from async: the colour of a function decides where it runs.

    ASYNC    async def                 on the event loop
    SYNC     def                       in the request's worker thread, because it may block
    INLINE   def, marked @nonblocking  wherever the caller is: it promises not to block

The colour is read once, when a chain is compiled.  ``functools.partial`` and objects with a
``__call__`` are looked through.  A decorator that hides an ``async def`` behind a ``def`` makes it
SYNC: that costs a thread hop and nothing else, for what it returns is awaited all the same.
"""

import functools
import inspect
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, cast

__all__ = [
    "Colour",
    "blocking",
    "colour_of",
    "describe",
    "is_async",
    "locate",
    "name_layer",
    "name_of",
    "nonblocking",
]

MARK = "__groundup_colour__"
ORDER = "__groundup_order__"  # what a layer says about its place in a chain, its name with it
PARTIAL: type[Any] = functools.partial  # of anything

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class Colour(Enum):
    """Where a function runs."""

    ASYNC = "async"
    SYNC = "sync"
    INLINE = "inline"


def blocking(function: FunctionT) -> FunctionT:
    """Mark a sync function as one that may block: it runs in a worker thread.

    That is the default for every ``def``; the mark takes back a ``@nonblocking``.
    """
    return _mark(function, Colour.SYNC)


def nonblocking(function: FunctionT) -> FunctionT:
    """Mark a sync layer that never blocks and only passes ``next()`` on: no thread for it.

    Where a loop runs, ``next()`` gives an awaitable, so such a layer cannot look at the response.

    >>> @nonblocking
    ... def name_request(request, next):
    ...     request.id = "7"
    ...     return next()
    >>> colour_of(name_request)
    <Colour.INLINE: 'inline'>
    """
    return _mark(function, Colour.INLINE)


def _mark(function: FunctionT, colour: Colour) -> FunctionT:
    if is_async(function):
        msg = f"{describe(function)} is async: it runs on the event loop and takes no mark"
        raise TypeError(msg)
    setattr(function, MARK, colour)
    return function


def is_async(function: Callable[..., Any]) -> bool:
    """Return whether calling this gives a coroutine.

    >>> async def handler(request): ...
    >>> is_async(handler), is_async(functools.partial(handler, None)), is_async(print)
    (True, True, False)
    """
    return colour_of(function) is Colour.ASYNC


def colour_of(function: Callable[..., Any]) -> Colour:
    """Return where a function runs."""
    function = look_through(function, stop_at_mark=True)
    mark = getattr(function, MARK, None)
    if isinstance(mark, Colour):
        return mark
    if inspect.iscoroutinefunction(function):
        return Colour.ASYNC
    method = find_call_method(function)
    mark = getattr(method, MARK, None)
    if isinstance(mark, Colour):
        return mark
    return Colour.ASYNC if inspect.iscoroutinefunction(method) else Colour.SYNC


def look_through(function: Any, *, stop_at_mark: bool = False) -> Any:
    """Return the function that a partial calls, or the partial that carries a mark of its own."""
    while isinstance(function, PARTIAL) and not (stop_at_mark and hasattr(function, MARK)):
        function = function.func
    return function


def find_call_method(function: Callable[..., Any]) -> Any:
    """Return what a call of an object runs.

    It is looked up on its class, as Python does: a class that is used as a function has the
    ``__call__`` of its instances as an attribute, and that is not what a call of the class runs.
    """
    return type(function).__call__


def locate(function: Callable[..., Any]) -> tuple[str, int] | None:
    """Return the file and line that define a function, or None for one without source."""
    function = look_through(function)
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        code = getattr(find_call_method(function), "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function, or of the class of an object that is called.

    A layer may have been given another: that of a closure says little about the factory.
    """
    given: Any = getattr(function, ORDER, None)
    if isinstance(given, dict) and isinstance(
        name := cast("dict[str, Any]", given).get("name"), str
    ):
        return name
    function = look_through(function)
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def name_layer(layer: FunctionT, name: str) -> FunctionT:
    """Give a layer the name that error messages and pictures of a chain show, and return it.

    The name is plain data on the layer, so that packages which know nothing of this one give names
    too; `check_order` of groundup-compose finds layers by it.

    >>> def make():
    ...     def layer(request, next):
    ...         return next()
    ...
    ...     return layer
    >>> name_of(make()), name_of(name_layer(make(), "make"))
    ('make.<locals>.layer', 'make')
    """
    setattr(layer, ORDER, {"name": name})
    return layer


def describe(function: Callable[..., Any]) -> str:
    """Return the name of a function and where to find it, for error messages.

    >>> describe(print)
    'print'
    """
    name = name_of(function)
    place = locate(function)
    return name if place is None else f"{name} ({Path(place[0]).name}:{place[1]})"
