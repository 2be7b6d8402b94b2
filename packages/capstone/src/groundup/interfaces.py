"""What the framework asks of each replaceable part: one Protocol a slot, no wider than it is used.

A class fits when it has these members, whoever wrote it and whatever else it can do.  Members are
read-only properties, because a mutable attribute in a Protocol would refuse every narrower class;
parameters are positional-only, because a part may name them as it likes.  What a part may be able
to do, but need not, stands in a Protocol of its own: without it the framework does without, and
``groundup explain`` says so.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from groundup_messages import Request
from groundup_response import Response

__all__ = [
    "AuthLike",
    "DatabaseLike",
    "ErrorsLike",
    "Handler",
    "Layer",
    "ParserLike",
    "PipelineLike",
    "RoomsLike",
    "RouterLike",
    "ServerLike",
    "SessionsLike",
    "SupportsAllowedMethods",
    "SupportsExplain",
    "SupportsRedirect",
    "SupportsRoutes",
    "SupportsUrlFor",
    "TemplatesLike",
]

Handler = Callable[[Request], Response | Awaitable[Response]]
Layer = Callable[[Any, Callable[[], Any]], Any]


class ServerLike(Protocol):
    """Slot ``server``: clients to connections (chapter 1); for the threads server.

    It is made as ``Server(host, port, handler)`` and listens from then on; what it hands to the
    handler can ``read(size)`` (``b""`` at the end), ``send(data)``, and may know its ``peer``.
    """

    @property
    def address(self) -> Any:
        """Host and port where it listens."""

    def serve_forever(self) -> Any:
        """Give each client to the handler, until `stop` is called."""

    def stop(self) -> Any:
        """Make `serve_forever` return; from any thread, also before it and twice."""


class ParserLike(Protocol):
    """Slot ``parser``: the bytes of one connection to requests (chapter 2); for the threads server.

    An exception with a ``status``, or a ValueError (400), is what the client did wrong.
    """

    def feed(self, data: bytes, /) -> Iterable[Any]:
        """Return the requests that are whole now.

        Each has ``method``, ``target``, ``version`` (``"1.1"``), ``headers`` (a mapping, or pairs)
        and ``body``; it may say ``keep_alive`` itself.
        """
        ...


class RouterLike(Protocol):
    """Slot ``router``: paths to handlers (chapter 3)."""

    def add(
        self,
        pattern: str,
        handler: Any,
        /,
        *,
        methods: Iterable[str] | None = None,
        name: str | None = None,
    ) -> Any:
        """Register a handler for a pattern."""

    def match(self, path: str, method: str | None = None, /) -> Mapping[str, Any] | None:
        """Return ``handler`` and ``params`` for a path as it was sent, or None."""


@runtime_checkable
class SupportsAllowedMethods(Protocol):
    """A router that can tell 405 from 404."""

    def allowed_methods(self, path: str, /) -> Iterable[str]:
        """Return the methods that a path has handlers for."""
        ...


@runtime_checkable
class SupportsRedirect(Protocol):
    """A router that knows paths by another spelling, such as with a slash at the end."""

    def redirect_for(self, path: str, method: str | None = None, /) -> str | None:
        """Return the path to send the client to, or None."""
        ...


@runtime_checkable
class SupportsUrlFor(Protocol):
    """A router that can go back from a name to a path."""

    def url_for(self, name: str, /, **params: Any) -> str:
        """Return the path of a named route."""
        ...


@runtime_checkable
class SupportsRoutes(Protocol):
    """A router that can list what it holds."""

    def routes(self) -> Iterable[Any]:
        """Return the routes, each with ``pattern``, ``methods``, ``name`` and ``handler``."""
        ...


@runtime_checkable
class SupportsExplain(Protocol):
    """A router that can tell why a path went where it went."""

    def explain(self, path: str, method: str | None = None, /) -> Any:
        """Return the walk through the routes, as something to print."""


class PipelineLike(Protocol):
    """Slot ``pipeline``: layers around a handler (chapter 5)."""

    def use(self, layer: Any, /) -> Any:
        """Add a layer inside those that are there."""

    def compile(self, handler: Any, /) -> Callable[[Any], Awaitable[Any]]:
        """Return one async callable that runs the layers and the handler."""
        ...


class TemplatesLike(Protocol):
    """Slot ``templates``: names and contexts to HTML (chapter 6)."""

    def render(self, name: str, context: Mapping[str, Any], /) -> str:
        """Render a template."""
        ...


class SessionsLike(Protocol):
    """Slot ``sessions``: server-side state by id (chapter 8)."""

    def create(self) -> str:
        """Begin a session and return its id."""
        ...

    def get(self, session_id: str, key: str, default: Any = None, /) -> Any:
        """Return a value, or the default when the session or the key is gone."""

    def set(self, session_id: str, key: str, value: Any, /) -> Any:
        """Store a value."""

    def delete(self, session_id: str, key: str, /) -> Any:
        """Remove a value."""

    def expire(self, session_id: str, /) -> Any:
        """End a session."""

    def exists(self, session_id: str, /) -> bool:
        """Return whether a session is alive."""
        ...


class AuthLike(Protocol):
    """Slot ``auth``: who is asking (chapter 10)."""

    def verify_token(self, token: str, /) -> int | None:
        """Return the user's id, or None for whatever is not a valid token."""


class ErrorsLike(Protocol):
    """Slot ``errors``: exceptions to responses (chapter 11)."""

    def register(self, key: Any, handler: Any, /) -> Any:
        """Register a handler for an exception class or a status."""

    def dispatch(self, error: Exception, request: Any, /) -> Any:
        """Return the response for an error, or an awaitable of it."""


class DatabaseLike(Protocol):
    """Slot ``database``: where the data is (chapter 12)."""

    def close(self) -> Any:
        """Give back every connection."""


class RoomsLike(Protocol):
    """Slot ``rooms``: who hears whom (chapter 16)."""

    def get_or_create(self, name: str, /) -> Any:
        """Return the room of that name."""
