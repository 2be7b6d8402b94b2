"""How a handler is called: on the loop, or in a thread when it may block.

    async def handler(request)         awaited on the loop
    def handler(request)               called in a thread of the server's pool
    handler.streams_body = True        called on the loop; it reads the body of its request itself
    its async handler.handle           called in its place, where there is one

What a program brings beside its handler is found by its methods: ``startup``, ``drain`` and
``shutdown`` make a life around the requests.  An object with an async ``__call__`` is a handler
like any other, and so is a method of such an object.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Protocol, runtime_checkable

from groundup_messages import Handler, Request
from groundup_response import Response

__all__ = ["Call", "SupportsLifespan", "bind_handler", "find_lifespan", "wants_stream"]

Call = Callable[[Request], Awaitable[Response]]


@runtime_checkable
class SupportsLifespan(Protocol):
    """A handler that has something to do before its first request and after the last one."""

    async def startup(self) -> None:
        """Get ready; the server accepts connections when this has returned."""

    async def drain(self) -> None:
        """Close what would stay open by itself; the server accepts no connections any more."""

    async def shutdown(self) -> None:
        """Let go of everything; the last request has been answered."""


def wants_stream(handler: Handler) -> bool:
    """Whether a handler reads the body of its requests itself.

    >>> class App:
    ...     streams_body = True
    ...
    ...     async def handle(self, request): ...
    >>> wants_stream(App().handle)
    True
    """
    owner = getattr(handler, "__self__", None)
    return bool(getattr(handler, "streams_body", False) or getattr(owner, "streams_body", False))


def find_lifespan(handler: Handler) -> SupportsLifespan | None:
    """Return the object that wants to know when a server starts and stops, if there is one."""
    for candidate in (handler, getattr(handler, "__self__", None)):
        if isinstance(candidate, SupportsLifespan):
            return candidate
    return None


def bind_handler(handler: Handler, run_in_thread: Callable[..., Awaitable[Any]]) -> Call:
    """Return one way to call a handler of either kind: ``await call(request)``.

    Args:
        handler: A plain or an async function of a request.
        run_in_thread: Calls a function with arguments where it may block.

    Raises:
        TypeError: It cannot be called.
    """
    if not callable(handler):  # pyright: ignore[reportUnnecessaryComparison]  # callers without types
        raise TypeError(f"a handler must be callable with a request, got {handler!r}")
    if is_async(handler):
        return handler  # type: ignore[return-value]  # what cannot be seen from its type
    if wants_stream(handler):
        # An application that can be called in more than one way has the one of a handler by name.
        method: Any = getattr(handler, "handle", None)
        return method if is_async(method) else handler  # type: ignore[return-value]  # here, too

    async def call(request: Request) -> Response:
        response: Any = await run_in_thread(handler, request)
        if isawaitable(response):  # a plain function that hands on what an async one returned
            response = await response
        return response  # type: ignore[no-any-return]  # checked by whoever sends it

    return call


def is_async(handler: Any) -> bool:
    """Whether calling a handler gives something to await."""
    return iscoroutinefunction(handler) or iscoroutinefunction(getattr(handler, "__call__", None))  # noqa: B004 - the question is what kind it is
