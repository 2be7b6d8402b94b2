"""The innermost step of a request: find its route, run the route's layers and handler.

path ──► router.match ──► endpoint ──► layers of its groups and its own ──► handler
           │ none
           ├──► another spelling of the path has a route: 308
               ├──► other methods exist: OPTIONS is answered, the rest is 405 with Allow
           └──► 404
"""

from collections.abc import Callable, Iterable
from typing import Any

from groundup.endpoints import Compiled, Endpoint
from groundup.interfaces import PipelineLike, RouterLike, SupportsAllowedMethods, SupportsRedirect
from groundup.sockets import OpenSockets
from groundup.streams import OpenStreams
from groundup_errors import MethodNotAllowedError, NotFoundError
from groundup_messages import Request
from groundup_messages import Response as RichResponse
from groundup_middleware import describe, is_async, is_response
from groundup_response import Response
from groundup_router import Match

__all__ = ["Dispatcher"]

__adds_routes__ = True  # errors of the router name the line that called us

MAX_SHOWN = 200  # characters of a path in an error


class Dispatcher:
    """Turns a request into the response of its route.  Safe to share between tasks."""

    def __init__(
        self,
        router: RouterLike,
        new_pipeline: Callable[[], PipelineLike],
        sockets: OpenSockets,
        streams: OpenStreams,
        *,
        max_body: int,
    ) -> None:
        self._router = router
        self._new_pipeline = new_pipeline
        self._sockets = sockets
        self._streams = streams
        self._max_body = max_body
        self._alike = True  # no route has said that bodies are read in another way

    def add(
        self, pattern: str, endpoint: Endpoint, methods: Iterable[str] | None, name: str | None
    ) -> None:
        """Put a route into the router."""
        if endpoint.stream or endpoint.inner is not None:
            self._alike = False
        self._router.add(pattern, endpoint, methods=methods, name=name)

    async def __call__(self, request: Request) -> Response:
        """Run the handler of the request's route.

        Raises:
            NotFoundError: No route fits the path.
            MethodNotAllowedError: The path has routes, but none for this method.
            TypeError: The handler returned something else than a response.
        """
        match = self._router.match(request.path, request.method)
        if match is None:
            return self._no_route(request)
        endpoint: Endpoint
        if type(match) is Match:  # what our own router finds is quicker to read by its attributes
            route = match.route
            endpoint, request.params, request.route = route.handler, match.params, route.pattern
        else:
            endpoint, request.params = match["handler"], match["params"]
            request.route = getattr(match, "pattern", None)
        response = await (endpoint.run or self._compile(endpoint))(request)
        kind = type(response)
        if (kind is RichResponse or kind is Response) and not response.is_stream:  # nearly always
            return response
        if not is_response(response):  # an async handler without layers comes back as it is
            msg = f"{describe(endpoint.handler)} must return a response, got {response!r:.40}"
            raise TypeError(msg)
        return self._streams.watch(response)

    def find_limit(self, path: str, method: str) -> int | None:
        """Return how many bytes of a body to read, or None when the handler reads it itself."""
        # The router is asked again when the request runs: where routes are alike, once will do.
        match = None if self._alike else self._router.match(path, method)
        if match is None:
            return self._max_body
        endpoint: Endpoint = match["handler"]
        if endpoint.inner is not None:
            return endpoint.inner.find_limit(split_path(path, endpoint.prefix)[1], method)
        return None if endpoint.stream else self._max_body

    def _no_route(self, request: Request) -> Response:
        if isinstance(self._router, SupportsRedirect):
            path = self._router.redirect_for(request.path, request.method)
            if path is not None:
                query = f"?{request.query_string}" if request.query_string else ""
                return RichResponse.redirect(request.root_path + path + query, 308)
        if isinstance(self._router, SupportsAllowedMethods):
            allowed = tuple(self._router.allowed_methods(request.path))
            if allowed and request.method == "OPTIONS":
                return RichResponse(204, headers={"Allow": ", ".join(allowed)})
            if allowed:
                raise MethodNotAllowedError(request.method, allowed)
        raise NotFoundError(request.path[:MAX_SHOWN])

    def _compile(self, endpoint: Endpoint) -> Compiled:
        """Join the layers of a route with its handler, at its first request."""
        pipeline = self._new_pipeline()
        for layer in endpoint.layers:
            pipeline.use(layer)
        endpoint.run = pipeline.compile(self._innermost(endpoint))
        return endpoint.run

    def _innermost(self, endpoint: Endpoint) -> Callable[[Request], Any]:
        if endpoint.websocket:

            async def handshake(request: Request) -> Response:
                return self._sockets.upgrade(endpoint.handler, request, endpoint.subprotocols)

            return handshake
        handler: Callable[[Request], Any] = endpoint.handler
        return mounted(handler, endpoint.prefix) if endpoint.prefix else handler


def split_path(path: str, prefix: str) -> tuple[str, str]:
    """Return the part of a path that fits the pattern of a prefix, and the rest.

    By segments and not by length: ``/users/:id`` fits ``/users/4711``.

    >>> split_path("/users/4711/files/a.txt", "/users/:id"), split_path("/admin", "/admin")
    (('/users/4711', '/files/a.txt'), ('/admin', '/'))
    """
    depth = prefix.count("/") + 1
    segments = path.split("/", depth)
    rest = segments[depth] if len(segments) > depth else ""
    return "/".join(segments[:depth]), f"/{rest}"


def mounted(handler: Callable[[Request], Any], prefix: str) -> Callable[[Request], Any]:
    """Return a handler that sees the path without its prefix, and the prefix in ``root_path``.

    Whoever stands outside, such as the log, sees the request as it was.
    """
    below = f"{prefix}/"

    def enter(request: Request) -> tuple[str, str, dict[str, Any], str | None]:
        path, params = request.path, request.params
        before = request.root_path, path, params, request.route
        if path.startswith(below):  # nearly always
            front, request.path = prefix, path[len(prefix) :]
        else:
            front, request.path = split_path(path, prefix)
        request.root_path += front
        request.params = params = params.copy()
        params.pop("*", None)
        return before

    # Of the handler's own colour, or an async one would cost a thread.
    if is_async(handler):

        async def run(request: Request) -> Response:
            before = enter(request)
            try:
                response: Response = await handler(request)
            finally:
                request.root_path, request.path, request.params, request.route = before
            return response

        return run

    def run_sync(request: Request) -> Any:
        before = enter(request)
        try:
            return handler(request)
        finally:
            request.root_path, request.path, request.params, request.route = before

    return run_sync
