"""Find the handler of an error: by its class, then by its status.

    register(ValidationError, show_form)       the class, or the nearest one above it in the MRO
    register(404, not_found_page)              a status, whatever was raised
    register(Exception, apologise)             everything else

``Exception`` is asked last, after the status: it means "whatever nobody knows about", and a page
for 404 is somebody who knows.  Without any of them there is a default answer, so an error is always
answered.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from groundup_errors.debugpage import DebugResponder, find_responder
from groundup_errors.exceptions import is_error_status
from groundup_errors.facts import INTERNAL, RequestLike, find_status, unwrap
from groundup_errors.responses import default_response
from groundup_response import Response

__all__ = ["ErrorHandler", "ErrorHandlers"]

ErrorHandler: TypeAlias = Callable[[Any, Any], Response | Awaitable[Response]]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])
Key: TypeAlias = type[Exception] | int


class ErrorHandlers:
    """The handlers of errors, and the answer where there is none.

    >>> handlers = ErrorHandlers()
    >>> @handlers.on(KeyError)
    ... def missing(error, request):
    ...     return Response(404, f"no {error}")
    >>> handlers.dispatch(KeyError("tea"), None).text
    "no 'tea'"

    Registering belongs to the start of a program; after that any number of tasks and threads may
    dispatch.

    Args:
        debug: Show errors without a handler with their source, by `debug_response` or a function of
            your own that takes error and request.  Never on the open internet.
    """

    def __init__(self, *, debug: bool | DebugResponder = False) -> None:
        self.debug = debug
        self._handlers: dict[Key, ErrorHandler] = {}

    def register(self, key: Key, handler: ErrorHandler) -> None:
        """Have a class of exceptions, or a status, answered by ``handler(error, request)``.

        The handler may be async.  One that is registered later takes the place of an earlier one.

        Raises:
            TypeError: The key is neither, or the handler cannot be called.
            ValueError: The status is none from 400 to 599.
        """
        check_key(key)
        if not callable(handler):
            raise TypeError(f"handler must be callable as handler(error, request), got {handler!r}")
        self._handlers[key] = handler

    def on(self, key: Key) -> Callable[[HandlerT], HandlerT]:
        """Register the decorated handler."""

        def register(handler: HandlerT) -> HandlerT:
            self.register(key, handler)
            return handler

        return register

    def find(self, error: Exception) -> ErrorHandler | None:
        """Return the handler that is registered for an error, or None."""
        handlers = self._handlers
        for kind in type(error).__mro__:
            if kind in handlers and kind is not Exception:
                return handlers[kind]
        return handlers.get(find_status(error)) or handlers.get(Exception)

    def dispatch(self, error: Exception, request: RequestLike) -> Response | Awaitable[Response]:
        """Return the response for an error, or an awaitable of it if the handler is async.

        A group with one exception in it counts as that exception, unless groups have a handler.
        """
        handler = self.find(error)
        inner = unwrap(error)
        if inner is not error and (handler is None or handler is self._handlers.get(Exception)):
            error, handler = inner, self.find(inner)
        if handler is not None:
            return handler(error, request)
        show = find_responder(self.debug)
        if show is not None and find_status(error) >= INTERNAL:
            return show(error, request)
        return default_response(error, request)


def check_key(key: object) -> None:
    """Refuse what no error could ever be looked up by."""
    if isinstance(key, int):
        if not is_error_status(key):
            raise ValueError(f"status must be 400 to 599, got {key!r}")
    elif not (inspect.isclass(key) and issubclass(key, Exception)):
        # BaseException means cancellation and the end of the program; nobody answers those.
        raise TypeError(f"key must be a class of Exception or a status, got {key!r}")
