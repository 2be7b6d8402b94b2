"""What the router holds for a route: the handler, its own layers, and how its body is read.

A router hands back whatever was registered, so the framework registers one small object and finds
everything there at once.  It is compiled at its first request, when every layer is known.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from groundup_messages import Request
from groundup_response import Response

__all__ = ["Compiled", "Endpoint"]

Compiled = Callable[[Request], Awaitable[Response]]


class SupportsLimit(Protocol):
    """What knows how large the body of a request may be."""

    def find_limit(self, path: str, method: str, /) -> int | None:
        """Return the limit in bytes, or None for a body that the handler reads itself."""
        ...


@dataclass(slots=True, eq=False)
class Endpoint:
    """A handler with the layers of its route and its groups, outermost first.

    Attributes:
        handler: What the application registered.
        layers: Layers that run for this route only.
        stream: Whether the handler reads the body itself, with ``request.stream()``.
        prefix: The part of the pattern that a mounted application does not see.
        subprotocols: What a WebSocket speaks, the best first.
        inner: What knows the routes of a mounted application.
        websocket: Whether the handler is ``async def (ws, request)``.
        run: Layers and handler as one async function, made at the first request.
    """

    handler: Any
    layers: Sequence[Any] = ()
    stream: bool = False
    prefix: str = ""
    websocket: bool = False
    subprotocols: Sequence[str] = ()
    inner: "SupportsLimit | None" = None
    run: Compiled | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Where the handler stands: ``file:line``."""
        target = inspect.unwrap(self.handler)
        target = target if inspect.isroutine(target) else type(target)
        try:
            line = inspect.getsourcelines(target)[1]
            return f"{inspect.getsourcefile(target)}:{line}"
        except (OSError, TypeError):
            return "(built in)"

    @property
    def label(self) -> str:
        """The handler's name for listings."""
        name = str(getattr(self.handler, "__qualname__", type(self.handler).__qualname__))
        return name.rpartition("<locals>.")[2]
