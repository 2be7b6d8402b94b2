"""One line for each request that says all at once: the summary.

    GET /users/:id 200 3.2 ms    id=7f3a… method=GET path=/users/42 route=/users/:id status=200 ...

The route and not the path stands in the message: it has no values in it, so lines can be counted.
While the request runs its id is bound to the log's context, so that every record carries it.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from groundup_errors.boundary import Boundary
from groundup_errors.context import log_context
from groundup_errors.facts import one_line
from groundup_errors.redact import redact_text
from groundup_response import Response

__all__ = ["request_log"]


def request_log(logger: logging.Logger | None = None, *, level: int = logging.INFO) -> Boundary:
    """Return a layer that writes a summary of each request when its response is on its way out.

    Args:
        logger: Where to, by default the logger ``groundup.requests``.
        level: The level of the line.
    """
    target = logger or logging.getLogger("groundup.requests")

    async def summarise(request: Any, next: Callable[[], Any]) -> Response:
        start = time.perf_counter()
        with log_context(request_id=getattr(request, "id", None)):
            try:
                response: Response = await next()
            except BaseException as error:
                write(target, level, request, type(error).__name__, start)
                raise
            write(target, level, request, response, start)
        return response

    return summarise


def write(
    logger: logging.Logger, level: int, request: Any, outcome: Response | str, start: float
) -> None:
    """Write the line of a request that got a response, or raised something."""
    if not logger.isEnabledFor(level):
        return
    milliseconds = round((time.perf_counter() - start) * 1000, 3)
    method, path = one_line(str(request.method)), one_line(redact_text(str(request.path)))
    route = getattr(request, "route", None)
    facts: dict[str, Any] = {"method": method, "path": path, "milliseconds": milliseconds}
    if route:
        facts["route"] = one_line(str(route))
    if isinstance(outcome, str):
        facts["error"] = result = outcome
    else:
        facts["status"] = int(outcome.status)
        result = str(facts["status"])
        size = getattr(outcome, "content_length", None)
        if size is not None:
            facts["bytes"] = size
        if (error := getattr(outcome, "error", None)) is not None:
            facts["error"] = type(error).__name__
    # Not left to the context: a layer further in may have given the id.
    if given := getattr(request, "id", None):
        facts["request_id"] = one_line(str(given), 128)
    target = facts.get("route", path)
    logger.log(level, "%s %s %s %.1f ms", method, target, result, milliseconds, extra=facts)
