"""The layer that turns what was raised below it into a response, and writes it down once.

    try:       response = await next()
    except:    response = handlers.dispatch(error, request)   the registered handler, or the default
               log it                                         from 500 on with its traceback
               response.error = error                         the layers above see it, and roll back

An application has two of them: the inner one around its handlers, so that every layer sees a whole
response, and the outer one for errors of the layers.  An error that the inner one answered does not
come up to the outer one, so it is in the log once.

Cancellation, ``KeyboardInterrupt`` and ``SystemExit`` are no errors and pass through.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Any, Protocol

from groundup_errors.debugpage import DebugResponder, find_responder
from groundup_errors.facts import INTERNAL, RequestLike, find_status, find_text, one_line, unwrap
from groundup_errors.redact import redact_text
from groundup_errors.responses import TEXT
from groundup_response import Response

__all__ = ["Boundary", "SupportsDispatch", "answer_error", "error_boundary"]

Boundary = Callable[[Any, Callable[[], Any]], Awaitable[Response]]


class SupportsDispatch(Protocol):
    """Something that answers errors: `ErrorHandlers`, or a class of your own."""

    def dispatch(self, error: Exception, request: Any, /) -> Response | Awaitable[Response]:
        """Return the response for an error, or an awaitable of it."""
        ...


def error_boundary(
    handlers: SupportsDispatch,
    *,
    debug: bool | DebugResponder = False,
    logger: logging.Logger | None = None,
) -> Boundary:
    """Return a layer ``(request, next)`` that answers every ``Exception`` from below.

    It costs a ``try`` while nothing is raised.  Sync error handlers run where it runs: they must
    not block.

    Args:
        handlers: Who answers.
        debug: Show errors that have no handler with their source, by `debug_response` or a function
            of your own that takes error and request.  Never on the open internet.
        logger: Where to, by default the logger ``groundup.errors``.
    """

    async def boundary(request: Any, next: Callable[[], Any]) -> Response:
        try:
            response: Response = await next()
        except Exception as error:  # noqa: BLE001 - this is the place where they all end
            response = await answer_error(error, request, handlers, debug=debug, logger=logger)
        return response

    boundary.__groundup_order__ = {"name": "error_boundary"}  # type: ignore[attr-defined]  # for those who show a chain
    return boundary


async def answer_error(
    error: Exception,
    request: RequestLike,
    handlers: SupportsDispatch,
    *,
    debug: bool | DebugResponder = False,
    logger: logging.Logger | None = None,
) -> Response:
    """Do what the boundary does with an error, for whoever has caught it already.

    Whatever goes wrong with it, there is a response.  The arguments are those of `error_boundary`.
    """
    logger = logger or logging.getLogger("groundup.errors")
    try:
        given: Any = find_response(error, request, handlers, debug=debug)
        if isawaitable(given):
            given = await given
        if not (
            isinstance(given, Response) or (hasattr(given, "status") and hasattr(given, "headers"))
        ):
            msg = f"error handler must return a response, got {given!r:.40}"
            raise TypeError(msg)  # noqa: TRY301 - a handler that returns nothing has failed, too
        response: Response = given
        log_answer(error, request, int(response.status), logger)
    except Exception as failure:
        # Both are needed to understand what happened, and neither may hide the other.
        log_answer(error, request, INTERNAL, logger)
        logger.exception("answering %s failed", type(error).__name__, exc_info=failure)
        response = Response(INTERNAL, "500 Internal Server Error\n")
        response.set_header("Content-Type", f"{TEXT}; charset=utf-8")
    with suppress(AttributeError):  # a response of another class may have slots
        response.error = error
    return response


def find_response(
    error: Exception,
    request: RequestLike,
    handlers: SupportsDispatch,
    *,
    debug: bool | DebugResponder,
) -> Response | Awaitable[Response]:
    """Return what the handlers answer, or the debug page where they have no handler."""
    show, find = find_responder(debug), getattr(handlers, "find", None)
    if (
        show is not None
        and find is not None
        and find_status(unwrap(error)) >= INTERNAL
        and find(error) is None
        and find(unwrap(error)) is None
    ):
        return show(error, request)
    return handlers.dispatch(error, request)


def log_answer(error: Exception, request: RequestLike, status: int, logger: logging.Logger) -> None:
    """Write one record: a mistake of ours with its traceback, one of the client without."""
    level = logging.ERROR if status >= INTERNAL else logging.INFO
    if not logger.isEnabledFor(level):
        return
    method = one_line(str(getattr(request, "method", "?")))
    path = one_line(redact_text(str(getattr(request, "path", "?"))))
    facts = {"method": method, "path": path, "status": status}
    name = type(error).__name__
    if status >= INTERNAL:
        logger.error("%s %s failed: %s", method, path, name, exc_info=error, extra=facts)
        return
    text = one_line(redact_text(find_text(error)))
    logger.info("%s %s %d %s: %s", method, path, status, name, text, extra=facts)
