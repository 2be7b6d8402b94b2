"""Make a handler of whatever is to be tested, and hear the errors that it raises.

    function, async function, object that can be called with a request     a handler
    function or object that takes (scope, receive, send)                   ASGI 3

The server turns an error of a handler into an answer, as it must.  A test wants to know it all the
same, so the handler is wrapped: the error goes on to the server, and stays with the connection.
"""

import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, cast

from groundup_asyncserver import SupportsLifespan, from_asgi
from groundup_messages import Handler, Request
from groundup_response import Response

__all__ = ["Failures", "find_handler", "find_lifespan", "watch"]

ASGI_PARAMETERS = 3

Failures = list[Exception]
failures: ContextVar[Failures] = ContextVar("failures")
"""Where the errors of the connection in whose context we run are kept."""


def find_handler(app: Any) -> Handler:
    """Return the handler that an application is, or that runs it.

    Raises:
        TypeError: It is neither a handler nor an ASGI application.
    """
    if not callable(app):
        handle = getattr(app, "handle", None)
        if not callable(handle):
            msg = (
                f"an application must be callable with a request, got {app!r:.60}: pass a handler,"
                " an Application or an ASGI application"
            )
            raise TypeError(msg)
        return cast("Handler", handle)
    if is_asgi(app):
        return from_asgi(cast("Any", app))
    return cast("Handler", app)


def is_asgi(app: Callable[..., Any]) -> bool:
    """Whether something takes a scope, a receive and a send.

    >>> is_asgi(lambda scope, receive, send: None), is_asgi(lambda request: None)
    (True, False)
    """
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    needed = [one for one in parameters if one.default is one.empty and one.kind in positional]
    return len(needed) == ASGI_PARAMETERS


def find_lifespan(handler: Handler) -> SupportsLifespan | None:
    """Return the object that wants to know when its server starts, if there is one."""
    for candidate in (handler, getattr(handler, "__self__", None)):
        if isinstance(candidate, SupportsLifespan):
            return candidate
    return None


def watch(handler: Handler) -> Handler:
    """Return a handler that does the same and remembers the errors of the connection it serves."""
    owner = getattr(handler, "__self__", None)
    streams = getattr(handler, "streams_body", False) or getattr(owner, "streams_body", False)
    called = getattr(handler, "__call__", None)  # noqa: B004 - the question is what kind it is
    if streams or inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(called):

        async def watched(request: Request) -> Response:
            try:
                return _note(await cast("Awaitable[Response]", handler(request)))
            except Exception as error:
                _keep(error)
                raise

        watched.streams_body = bool(streams)  # type: ignore[attr-defined]
        return watched

    def watched_plain(request: Request) -> Any:
        try:
            answer = handler(request)
        except Exception as error:
            _keep(error)
            raise
        return watch_later(answer) if inspect.isawaitable(answer) else _note(answer)

    return watched_plain


async def watch_later(answer: Any) -> Response:
    """Await what a plain function handed on."""
    try:
        return _note(await answer)
    except Exception as error:
        _keep(error)
        raise


def _note(response: Response) -> Response:
    """Keep the error that a layer has made an answer of."""
    error = getattr(response, "error", None)
    if isinstance(error, Exception):
        _keep(error)
    return response


def _keep(error: Exception) -> None:
    kept = failures.get(None)
    if kept is not None:
        kept.append(error)
