"""The innermost step of a request: find its route, run the route's layers and handler.

path ──► router.match ──► endpoint ──► layers of its groups and its own ──► handler
           │ none
           ├──► another spelling of the path has a route: 308
               ├──► other methods exist: OPTIONS is answered, the rest is 405 with Allow
           └──► 404
"""

from collections.abc import Callable
from typing import Any

from groundup.endpoints import Compiled, Endpoint
from groundup.interfaces import PipelineLike, RouterLike, SupportsAllowedMethods, SupportsRedirect
from groundup.sockets import OpenSockets
from groundup_errors import MethodNotAllowedError, NotFoundError
from groundup_messages import Request
from groundup_messages import Response as RichResponse
from groundup_middleware import is_async
from groundup_response import Response

__all__ = ["Dispatcher"]

MAX_SHOWN = 200  # characters of a path in an error


class Dispatcher:
    """Turns a request into the response of its route.  Safe to share between tasks."""

    def __init__(
        self, router: RouterLike, new_pipeline: Callable[[], PipelineLike], sockets: OpenSockets
    ) -> None:
        self._router = router
        self._new_pipeline = new_pipeline
        self._sockets = sockets

    async def __call__(self, request: Request) -> Response:
        """Run the handler of the request's route.

        Raises:
            NotFoundError: No route fits the path.
            MethodNotAllowedError: The path has routes, but none for this method.
        """
        match = self._router.match(request.path, request.method)
        if match is None:
            return self._no_route(request)
        endpoint: Endpoint = match["handler"]
        request.params = match["params"]
        request.route = getattr(match, "pattern", None)
        run = endpoint.run or self._compile(endpoint)
        return await run(request)

    def wants_stream(self, request: Request) -> bool:
        """Return whether the request's route reads the body itself."""
        match = self._router.match(request.path, request.method)
        return match is not None and bool(match["handler"].stream)

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
                return self._sockets.upgrade(endpoint.handler, request)

            return handshake
        handler: Callable[[Request], Any] = endpoint.handler
        return mounted(handler, endpoint.prefix) if endpoint.prefix else handler


def mounted(handler: Callable[[Request], Any], prefix: str) -> Callable[[Request], Any]:
    """Return a handler that sees the path without its prefix, and the prefix in ``root_path``."""

    def enter(request: Request) -> Request:
        request.root_path += prefix
        request.path = request.path[len(prefix) :] or "/"
        request.params = {name: value for name, value in request.params.items() if name != "*"}
        return request

    # Of the handler's own colour, or an async one would cost a thread.
    if is_async(handler):

        async def run(request: Request) -> Response:
            response: Response = await handler(enter(request))
            return response

        return run
    return lambda request: handler(enter(request))
