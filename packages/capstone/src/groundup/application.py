"""The framework's one object: routes and layers go in, and it answers requests.

    request ─► outer boundary ─► layers in the order of `use` ─► inner boundary ─► route ─► handler

The inner boundary turns a handler's error into a response, so every layer sees a response; the
outer one does the same for errors of the layers themselves.  An application is a handler like any
other (``Request -> Response``), and an ASGI 3 application, so any server can run it and any other
application can mount it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar, overload

from groundup.asgi import run_websocket
from groundup.debugging import debug_pages
from groundup.dispatch import Dispatcher
from groundup.endpoints import Endpoint
from groundup.interfaces import (
    AuthLike,
    DatabaseLike,
    ErrorsLike,
    Layer,
    ParserLike,
    PipelineLike,
    RoomsLike,
    RouterLike,
    ServerLike,
    SessionsLike,
    SupportsUrlFor,
    TemplatesLike,
)
from groundup.lifespan import Hook, Lifespan
from groundup.parts import make_templates
from groundup.routes import Routes
from groundup.sockets import OpenSockets
from groundup.streams import OpenStreams
from groundup_asyncserver import as_asgi
from groundup_compose import check_order, proxy_headers
from groundup_errors import ErrorHandlers, answer_error
from groundup_forms import FormLimits
from groundup_messages import BodyNotRead, Request
from groundup_messages import Response as RichResponse
from groundup_middleware import Pipeline, Watchdog
from groundup_response import Response
from groundup_router import Router
from groundup_staticfiles import Manifest
from groundup_websockets import Rooms, WebSocketConfig

__all__ = ["Application"]

__adds_routes__ = True  # errors of the router name the line that called us

# Why the body of the running request was refused.
refused: ContextVar[Exception] = ContextVar("refused")

L = TypeVar("L", bound=Callable[..., Any])
HookT = TypeVar("HookT", bound=Hook)


class Application(Routes):
    """A web application: registers routes and layers, and turns requests into responses.

    Registering belongs to one thread, before the first request.  After that the application may
    be shared by any number of tasks, and by threads through `handle` on their own loop.

    >>> import asyncio
    >>> app = Application()
    >>> @app.get("/hello/:name")
    ... def hello(request):
    ...     return Response(200, f"Hello, {request.params['name']}!")
    >>> asyncio.run(app.handle(Request("GET", "/hello/Ada"))).text
    'Hello, Ada!'

    Args:
        debug: Show errors with their source to the client.  Never on the open internet.
        templates: An environment, or the folder of the templates.
        sessions, auth, database: Parts that the application keeps for its handlers.
        router, errors, rooms, pipeline: Replacements for the parts that are always there;
            `pipeline` makes an empty one.
        server, parser: What makes them, when the threads server shall use others than its own.
        max_body: The largest body in bytes that is read before a handler runs.
        form_limits: How many fields and files a form may have, and how large.
        origins: Which ``Origin`` may open a WebSocket; None means this site only.
        course_url: Where the course is served; the debug page links to its chapters.
        trusted_proxies: Addresses and networks of our own proxies, ``unix`` for a Unix socket: what
            they say in ``X-Forwarded-For`` and ``X-Forwarded-Proto`` is believed.  For proxies that
            say it in another way, `use` the layer `groundup_compose.proxy_headers` yourself.
    """

    streams_body = True  # the server leaves reading the body to `handle`
    _asgi: Any = None

    def __init__(  # noqa: PLR0913 - one for each part that can be replaced
        self,
        *,
        debug: bool = False,
        router: RouterLike | None = None,
        templates: TemplatesLike | str | Path | None = None,
        sessions: SessionsLike | None = None,
        auth: AuthLike | None = None,
        errors: ErrorsLike | None = None,
        database: DatabaseLike | None = None,
        server: Callable[[str, int, Callable[[Any], None]], ServerLike] | None = None,
        parser: Callable[[], ParserLike] | None = None,
        rooms: RoomsLike | None = None,
        pipeline: Callable[[], PipelineLike] = Pipeline,
        max_body: int = 16 * 1024 * 1024,
        form_limits: FormLimits | None = None,
        origins: Iterable[str] | None = None,
        course_url: str | None = None,
        websocket_config: WebSocketConfig | None = None,
        trusted_proxies: str | Iterable[str] = (),
    ) -> None:
        self.debug = debug
        self.router: RouterLike = Router(slashes="redirect") if router is None else router
        self.errors: ErrorsLike = ErrorHandlers() if errors is None else errors
        self.rooms: RoomsLike = Rooms() if rooms is None else rooms
        self.sessions, self.auth, self.db = sessions, auth, database
        self.server, self.parser = server, parser
        self.state: dict[str, Any] = {}
        self.draining = False
        self.layers: list[Layer] = []
        self.lifespan = Lifespan()
        self.sockets, self.streams = OpenSockets(websocket_config, origins), OpenStreams()
        self.pipeline = pipeline
        parts = self.router, pipeline, self.sockets, self.streams
        self._dispatcher = Dispatcher(*parts, max_body=max_body)
        self._course_url, self._form_limits = course_url, form_limits
        self._mounted, self._manifests = list[Application](), list[tuple[str, Manifest]]()
        self._run: Callable[[Request], Awaitable[Response]] | None = None
        if trusted_proxies:
            self.use(proxy_headers(trusted_proxies))  # outside of all that look at the client
        if debug:
            self._watch()
        if isinstance(templates, str | Path):
            templates = make_templates(templates, debug=debug)
        self.templates = templates

    def _watch(self) -> None:
        watchdog = Watchdog()
        self.on_startup(watchdog.start)
        self.on_shutdown(watchdog.stop)

    # -- putting it together ------------------------------------------------------------------

    def use(self, layer: L) -> L:
        """Add a layer ``(request, next)`` inside those that are there; also as a decorator."""
        if not callable(layer):
            msg = f"a layer must be callable as layer(request, next), got {layer!r}"
            raise TypeError(msg)
        self.layers.append(layer)
        self._run = None
        return layer

    def register(
        self, pattern: str, endpoint: Endpoint, methods: Iterable[str] | None, name: str | None
    ) -> None:
        """Put an endpoint into the router."""
        if not callable(endpoint.handler):
            msg = f"a handler must be callable, got {endpoint.handler!r} for {pattern!r}"
            raise TypeError(msg)
        if isinstance(endpoint.handler, Application):
            endpoint.inner = self._adopt(endpoint.handler)
            endpoint.handler = endpoint.handler.handle
        self._dispatcher.add(pattern, endpoint, methods, name)

    def _adopt(self, mounted: "Application") -> Dispatcher:
        """Let a mounted application live as long as this one."""
        if mounted not in self._mounted:
            self._mounted.append(mounted)
            self.on_startup(mounted.startup)
            self.on_shutdown(mounted.shutdown)
        return mounted._dispatcher  # noqa: SLF001 - of our own class

    def error_handler(self, key: type[Exception] | int) -> Callable[[L], L]:
        """Register ``handler(error, request)`` for an exception class or a status."""

        def register(handler: L) -> L:
            self.errors.register(key, handler)
            return handler

        return register

    def on_startup(self, hook: HookT) -> HookT:
        """Register a function to run before the first request."""
        return self.lifespan.on_startup(hook)

    def on_shutdown(self, hook: HookT) -> HookT:
        """Register a function to run after the last request."""
        return self.lifespan.on_shutdown(hook)

    # -- for handlers -------------------------------------------------------------------------

    def url_for(self, name: str, /, **params: Any) -> str:
        """Return the path of a named route.

        Raises:
            TypeError: The router in use has no ``url_for``.
        """
        if not isinstance(self.router, SupportsUrlFor):
            msg = f"url_for needs a router that has it; {type(self.router).__name__} does not"
            raise TypeError(msg)
        return self.router.url_for(name, **params)

    def static(self, prefix: str, directory: str | Path, **options: Any) -> None:
        """Serve the files of a directory below a prefix; options as for `StaticFiles`."""
        super().static(prefix, directory, **options)
        manifest = Manifest.load(directory, required=False)
        self._manifests.append((f"{prefix.rstrip('/')}/", manifest))

    def static_url(self, name: str) -> str:
        """Return the path of a file in the first `static` folder, hashed if it was collected."""
        if not self._manifests:
            raise TypeError("no static files: app.static('/static', 'folder') comes first")
        prefix, manifest = self._manifests[0]
        return manifest.url(name, prefix)

    def render(
        self, name: str, context: Mapping[str, Any] | None = None, /, status: int = 200
    ) -> RichResponse:
        """Return the page of a template; it knows ``url_for`` and ``static_url``, too."""
        if self.templates is None:
            msg = "no templates: make the application with Application(templates='folder')"
            raise TypeError(msg)
        names = {"url_for": self.url_for, "static_url": self.static_url}
        page = self.templates.render(name, {**names, **(context or {})})
        return RichResponse.html(page, status=status)

    # -- answering ----------------------------------------------------------------------------

    async def handle(self, request: Request) -> Response:
        """Answer a request.  Errors become responses; only cancellation comes out as exception."""
        refusal: Exception | None = None
        try:
            run = self._run or self._compile()
            if self._form_limits is not None:
                request.form_limits = self._form_limits
            if request.streamed and not request.loaded:
                limit = self._dispatcher.find_limit(request.path, request.method)
                if limit is not None:
                    try:
                        await request.load(limit=limit)
                    except Exception as error:  # noqa: BLE001 - also 413 passes the layers
                        refusal, run = error, self._run_refused
                        refused.set(error)
            return await run(request)
        except Exception as error:  # noqa: BLE001 - the outer boundary: they all end here
            # A layer that wants the body of a refused request cannot have it: that says no more.
            missing = isinstance(error, BodyNotRead)
            return await self._recover((missing and refusal) or error, request)

    async def _dispatch(self, request: Request) -> Response:
        """Run the route; its errors become responses before any layer sees them."""
        try:
            return await self._dispatcher(request)
        except Exception as error:  # noqa: BLE001 - the inner boundary
            return await self._recover(error, request)

    async def _recover(self, error: Exception, request: Request) -> Response:
        """Return the response of an error."""
        debug = debug_pages(self, self._course_url) if self.debug else False
        return await answer_error(error, request, self.errors, debug=debug)

    async def _refuse(self, request: Request) -> Response:
        """Stand in for the routes when a body could not be read."""
        return await self._recover(refused.get(), request)

    def _compile(self) -> Callable[[Request], Awaitable[Response]]:
        """Join layers, inner boundary and dispatcher; without layers the outer one is enough."""
        check_order(self.layers)
        # The method and not the object: an object that is called costs a second look-up.
        innermost = self._dispatch if self.layers else self._dispatcher.__call__
        self._run_refused = self._join(self._refuse)
        self._run = self._join(innermost)
        return self._run

    def _join(
        self, innermost: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        pipeline = self.pipeline()
        for layer in self.layers:
            pipeline.use(layer)
        return pipeline.compile(innermost)

    async def startup(self) -> None:
        """Run the start hooks; servers do this before the first request.

        Raises:
            OrderError: Layers stand in an order in which they do not work.
        """
        self.draining = False
        self._compile()
        self.sockets.reopen()
        self.streams.reopen()
        await self.lifespan.startup()

    async def drain(self) -> None:
        """Close what would stay open by itself; servers do this when they accept no more."""
        self.draining = True
        self.streams.close()
        mounted = [application.drain() for application in self._mounted]
        await asyncio.gather(self.sockets.close(), *mounted)

    async def shutdown(self) -> None:
        """Run the stop hooks; servers do this after the last request."""
        await self.lifespan.shutdown()

    @overload
    def __call__(self, request: Request, /) -> Awaitable[Response]: ...

    @overload
    def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any, /) -> Awaitable[None]: ...

    def __call__(self, *call: Any) -> Awaitable[Any]:
        """Answer ``app(request)``, or run as ASGI 3 with ``app(scope, receive, send)``."""
        if len(call) == 1:
            return self.handle(call[0])
        if self._asgi is None:
            self._asgi = as_asgi(self.handle)
        scope, receive, send = call
        if scope["type"] == "websocket":
            return run_websocket(self.handle, scope, receive, send)
        ended: Awaitable[None] = self._asgi(scope, receive, send)
        return ended
