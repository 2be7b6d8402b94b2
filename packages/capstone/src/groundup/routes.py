"""The face that registers routes: the same verbs on the application and on every group.

A group is a prefix and some layers.  It keeps nothing of its own; each registration goes up to the
application with the prefix put before the pattern and the layers put before the route's layers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from groundup.endpoints import Endpoint
from groundup_staticfiles import StaticFiles

__all__ = ["Group", "Routes"]

__adds_routes__ = True  # errors of the router name the line that called us

H = TypeVar("H", bound=Callable[..., Any])


class Routes(ABC):
    """Registers handlers.  Do it while the application is put together, in one thread."""

    @abstractmethod
    def register(
        self, pattern: str, endpoint: Endpoint, methods: Iterable[str] | None, name: str | None
    ) -> None:
        """Put an endpoint into the router."""

    def route(
        self,
        pattern: str,
        *methods: str,
        name: str | None = None,
        middleware: Sequence[Any] = (),
        stream: bool = False,
    ) -> Callable[[H], H]:
        """Register the decorated handler for a pattern.

        Args:
            pattern: Such as ``/users/:id``; the router's documentation has the whole language.
            methods: Such as ``"GET"``, ``"POST"``; none means GET (which answers HEAD as well).
            name: For ``url_for``; without one the route has no name.
            middleware: Layers for this route only, outermost first.
            stream: Whether the handler reads the body itself; otherwise it is read before.
        """

        def register(handler: H) -> H:
            endpoint = Endpoint(handler, tuple(middleware), stream=stream)
            self.register(pattern, endpoint, methods or ("GET",), name)
            return handler

        return register

    def get(self, pattern: str, **options: Any) -> Callable[[H], H]:
        """Register a handler for GET and HEAD; options as for `route`."""
        return self.route(pattern, "GET", **options)

    def post(self, pattern: str, **options: Any) -> Callable[[H], H]:
        """Register a handler for POST; options as for `route`."""
        return self.route(pattern, "POST", **options)

    def put(self, pattern: str, **options: Any) -> Callable[[H], H]:
        """Register a handler for PUT; options as for `route`."""
        return self.route(pattern, "PUT", **options)

    def patch(self, pattern: str, **options: Any) -> Callable[[H], H]:
        """Register a handler for PATCH; options as for `route`."""
        return self.route(pattern, "PATCH", **options)

    def delete(self, pattern: str, **options: Any) -> Callable[[H], H]:
        """Register a handler for DELETE; options as for `route`."""
        return self.route(pattern, "DELETE", **options)

    def websocket(
        self,
        pattern: str,
        *,
        name: str | None = None,
        middleware: Sequence[Any] = (),
        subprotocols: Sequence[str] = (),
    ) -> Callable[[H], H]:
        """Register ``async def handler(ws, request)`` for WebSocket connections to a pattern.

        Args:
            pattern: As for `route`.
            name: For ``url_for``.
            middleware: Layers for this route only; what they return instead refuses the client.
            subprotocols: What the handler speaks, the best first.
        """

        def register(handler: H) -> H:
            spoken = tuple(subprotocols)
            endpoint = Endpoint(handler, tuple(middleware), websocket=True, subprotocols=spoken)
            self.register(pattern, endpoint, ("GET",), name)
            return handler

        return register

    def mount(self, prefix: str, handler: Any, *, name: str | None = None) -> None:
        """Give every path below a prefix to another handler, which sees the path without it.

        Args:
            prefix: Such as ``/admin`` or ``/users/:id``.
            handler: A handler, or an application, whose hooks then run with those of this one.
            name: For ``url_for``; the rest of the path is its parameter ``*``.
        """
        prefix = prefix.rstrip("/")
        endpoint = Endpoint(handler, stream=reads_body(handler), prefix=prefix)
        if prefix:
            self.register(prefix, endpoint, None, None)
        self.register(f"{prefix}/*", endpoint, None, name)

    def static(self, prefix: str, directory: str | Path, **options: Any) -> None:
        """Serve the files of a directory below a prefix; options as for `StaticFiles`."""
        prefix = prefix.rstrip("/")
        endpoint = Endpoint(StaticFiles(directory, **options), prefix=prefix)
        self.register(f"{prefix}/*", endpoint, ("GET",), None)

    def group(self, prefix: str, *, middleware: Sequence[Any] = ()) -> "Group":
        """Return a face whose routes all have this prefix and these layers."""
        return Group(self, prefix.rstrip("/"), tuple(middleware))


class Group(Routes):
    """Routes that share a prefix and layers; groups nest."""

    def __init__(self, parent: Routes, prefix: str, layers: tuple[Any, ...]) -> None:
        self._parent = parent
        self._prefix = prefix
        self._layers = layers

    def register(
        self, pattern: str, endpoint: Endpoint, methods: Iterable[str] | None, name: str | None
    ) -> None:
        """Hand the endpoint up, with this group's prefix and layers before its own."""
        # Another object: `mount` registers the same one twice.
        endpoint = replace(endpoint, layers=(*self._layers, *endpoint.layers))
        if endpoint.prefix:
            endpoint.prefix = self._prefix + endpoint.prefix
        self._parent.register(self._prefix + pattern, endpoint, methods, name)


def reads_body(handler: Any) -> bool:
    """Return whether a handler says that it reads the body of its requests itself."""
    owner = getattr(handler, "__self__", None)
    return bool(getattr(handler, "streams_body", False) or getattr(owner, "streams_body", False))
