"""Keep the story of one request: each layer in and out, SQL, templates, with times.

    0.0 ms  → request_id
    0.1 ms    → log_requests
    0.9 ms      SQL  SELECT … FROM posts WHERE slug = ?        0.2 ms
    1.4 ms      template post.html                             0.3 ms
    1.6 ms    ← log_requests 200

A story is told by wrappers that are put around the parts of an application before its first
request.  An application without them does not know that there are stories: they cost it nothing.
"""

import inspect
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from groundup.application import Application
from groundup.endpoints import Endpoint
from groundup.interfaces import SupportsRoutes, TemplatesLike
from groundup_middleware import Colour, colour_of, is_async, name_of, nonblocking
from groundup_orm import Database

__all__ = ["Story", "tell"]


class Story:
    """What happened in a request, line by line.  Safe to add to from any thread."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._begin = time.perf_counter()
        self._depth = 0
        self._lock = threading.Lock()

    def note(self, text: str, *, step: int = 0) -> None:
        """Add a line; ``step`` is 1 when it leads a level deeper, and -1 when it comes back."""
        with self._lock:
            self._depth += min(step, 0)
            since = (time.perf_counter() - self._begin) * 1000
            self.lines.append(f"{since:8.2f} ms  {'  ' * self._depth}{text}")
            self._depth += max(step, 0)


def tell(app: Application) -> Story:
    """Wrap the parts of an application and return the story that they will tell.

    Only before its first request, and for one request at a time.
    """
    story = Story()
    app.layers[:] = [watch_layer(layer, story) for layer in app.layers]
    if isinstance(app.router, SupportsRoutes):
        for route in app.router.routes():
            watch_endpoint(route.handler, story)
    if app.templates is not None:
        app.templates = WatchedTemplates(app.templates, story)
    if isinstance(app.db, Database):
        app.db.add_listener(lambda run: story.note(f"SQL {run}"))
    return story


def watch_layer(layer: Callable[..., Any], story: Story) -> Callable[..., Any]:
    """Wrap a layer in one of the same colour that tells when it begins and ends."""
    name = name_of(layer).replace(".<locals>", "")
    colour = colour_of(layer)

    async def watch_async(request: Any, next: Callable[[], Any]) -> Any:
        story.note(f"→ {name}  (async)", step=1)
        outcome: Any = "raised"
        try:
            response = layer(request, next)
            response = await response if inspect.isawaitable(response) else response
            outcome = getattr(response, "status", "?")
            return response
        finally:
            story.note(f"← {name} {outcome}", step=-1)

    def watch_sync(request: Any, next: Callable[[], Any]) -> Any:
        story.note(f"→ {name}  (sync, in thread {threading.current_thread().name})", step=1)
        outcome: Any = "raised"
        try:
            response = layer(request, next)
            outcome = getattr(response, "status", "?")
            return response
        finally:
            story.note(f"← {name} {outcome}", step=-1)

    @nonblocking
    def watch_inline(request: Any, next: Callable[[], Any]) -> Any:
        story.note(f"· {name}  (passes on)")
        return layer(request, next)

    return {Colour.ASYNC: watch_async, Colour.INLINE: watch_inline}.get(colour, watch_sync)


def watch_endpoint(endpoint: Endpoint, story: Story) -> None:
    """Let the layers of a route and its handler tell as well."""
    handler = endpoint.handler
    if isinstance(getattr(handler, "__self__", None), WatchedHandler):  # a mount, seen already
        return
    endpoint.layers = [watch_layer(layer, story) for layer in endpoint.layers]
    if endpoint.websocket:
        return
    watched = WatchedHandler(handler, endpoint.label, story)
    endpoint.handler = watched.run if is_async(handler) else watched.call


class WatchedHandler:
    """A handler that tells when it begins and what it answers."""

    def __init__(self, handler: Callable[..., Any], name: str, story: Story) -> None:
        self._handler = handler
        self._name = name
        self._story = story

    async def run(self, request: Any) -> Any:
        """Run an async handler."""
        self._story.note(f"→ {self._name}  (async, the handler)", step=1)
        response: Any = None
        try:
            response = await self._handler(request)
            return response
        finally:
            self._tell_end(response)

    def call(self, request: Any) -> Any:
        """Run a sync handler."""
        thread = threading.current_thread().name
        self._story.note(f"→ {self._name}  (sync, the handler, in thread {thread})", step=1)
        response: Any = None
        try:
            response = self._handler(request)
            return response
        finally:
            self._tell_end(response)

    def _tell_end(self, response: Any) -> None:
        self._story.note(f"← {self._name} {getattr(response, 'status', 'raised')}", step=-1)


class WatchedTemplates:
    """Templates that tell what is rendered and how long it took."""

    def __init__(self, templates: TemplatesLike, story: Story) -> None:
        self._templates = templates
        self._story = story

    def render(self, name: str, context: Mapping[str, Any], /) -> str:
        """Render a template."""
        begin = time.perf_counter()
        page = self._templates.render(name, context)
        took = (time.perf_counter() - begin) * 1000
        self._story.note(f"template {name}: {len(page)} characters in {took:.2f} ms")
        return page
