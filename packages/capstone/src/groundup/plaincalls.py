"""What ``Application.handle`` does, without an event loop: for threads.

    thread of the connection    sync layer ─► sync handler ─► response
                                     └──► async layer ─┐         ▲
    background loop                                    └─────────┘

One application has two ways through it, and one set of layers, routes and boundaries.  This is the
way of plain calls; only what is async leaves the thread, and that costs more than all the rest.
"""

# ruff: noqa: SLF001 - the other half of Application and Dispatcher looks into their private parts

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from groundup.application import Application
from groundup.endpoints import Endpoint
from groundup_messages import Request
from groundup_middleware import Pipeline, call_on_loop, nonblocking
from groundup_middleware.bridge import find_loop
from groundup_staticfiles import StaticFiles

__all__ = ["PlainCalls", "find_plain", "finish"]

T = TypeVar("T")


class PlainCalls:
    """What ``Application.handle`` does, as plain calls in the thread of a connection.

    The layers, the handlers and the two boundaries are those of the application; whatever of them
    is async crosses to the background loop: so it is called by ``Pipeline.run_sync``, which lends
    its thread to that.  Made after the start, when every layer is known.
    """

    def __init__(self, app: Application) -> None:
        self._app: Any = app
        self._routes: dict[Endpoint, Callable[[Request], Any]] = {}
        self._run = self._join(app.layers, self._dispatch) if app.layers else self._dispatch

    def handle(self, request: Request) -> Any:
        """Answer a request.  Errors become responses."""
        request.form_limits = self._app._form_limits or request.form_limits
        try:
            return self._run(request)
        except Exception as error:  # noqa: BLE001 - the outer boundary: they all end here
            return call_on_loop(self._app._recover, error, request)

    def _join(self, layers: Iterable[Any], handler: Any) -> Callable[[Request], Any]:
        pipeline = self._app.pipeline()
        for layer in layers:
            pipeline.use(layer)
        return partial(pipeline.run_sync, handler=handler)

    @nonblocking
    def _dispatch(self, request: Request) -> Any:
        """Run the route, wherever the layer above it is; its errors become responses."""
        if find_loop() is not None:  # below an async layer
            return self._app._dispatch(request)
        try:
            return self._call_route(request)
        except Exception as error:  # noqa: BLE001 - the inner boundary
            return call_on_loop(self._app._recover, error, request)

    def _call_route(self, request: Request) -> Any:
        """Do what ``Dispatcher.__call__`` does."""
        match = self._app.router.match(request.path, request.method)
        if match is None:
            return finish(self._app._dispatcher(request))
        endpoint: Endpoint = match["handler"]
        request.params, request.route = match["params"], getattr(match, "pattern", None)
        route = self._routes.get(endpoint)
        if route is None:
            plain = replace(endpoint, handler=find_plain(endpoint.handler))
            innermost = self._app._dispatcher._innermost(plain)
            route = self._routes[endpoint] = self._join(endpoint.layers, innermost)
        return self._app.streams.watch(route(request))


def find_plain(handler: Any) -> Any:
    """Return the half of a handler that was written for threads, of one that has two."""
    if type(handler) is StaticFiles:
        return handler.respond
    if getattr(handler, "__func__", None) is not Application.handle:  # or somebody's own version
        return handler
    app: Application = handler.__self__
    return PlainCalls(app).handle if isinstance(app.pipeline(), Pipeline) else handler


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for nothing but this thread, and return its result.

    Raises:
        RuntimeError: It waits for an event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("what is run by a thread must not wait for an event loop")
