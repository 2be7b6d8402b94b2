"""What this package asks of its neighbours: a request, a layer, a handler, a response.

    request ─► layer ─► layer ─► handler
                 │        │         │
    response ◄───┴────────┴─────────┘

A *handler* takes the request and gives the response.  A *layer* takes the request and ``next``, the
way to everything below it, and gives the response too: its own, or the one that ``next()`` gave.

The request may be an object of any class: nothing here creates one, and the ready-made layers read
no more of it than these Protocols name.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias, TypeGuard, TypeVar

from groundup_response import Response

__all__ = [
    "AsyncNext",
    "Handler",
    "HeadersLike",
    "Layer",
    "Next",
    "RequestLike",
    "RequestT",
    "is_response",
]

RequestT = TypeVar("RequestT")

# `next()` blocks in a worker thread and must be awaited on a loop.  No type says "one or the
# other, as you are", so a sync layer declares Callable[[], Response] and an async one AsyncNext;
# both are a Next.
Next: TypeAlias = Callable[[], Any]
AsyncNext: TypeAlias = Callable[[], Awaitable[Response]]
Layer: TypeAlias = Callable[[Any, Next], Any]
Handler: TypeAlias = Callable[[RequestT], Response | Awaitable[Response]]


class HeadersLike(Protocol):
    """Header fields, looked up by name in any case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, or None."""
        ...


class RequestLike(Protocol):
    """What the ready-made layers read of a request."""

    @property
    def method(self) -> str:
        """The method, in capitals."""
        ...

    @property
    def path(self) -> str:
        """The path as it was sent."""
        ...

    @property
    def headers(self) -> HeadersLike:
        """The header fields."""
        ...


def is_response(value: object) -> TypeGuard[Response]:
    """Return whether a layer may give this to the layer above it.

    A class of one's own is as good as ours, as long as the layers above find in it what they
    change: the status and the headers.
    """
    return isinstance(value, Response) or (hasattr(value, "status") and hasattr(value, "headers"))
