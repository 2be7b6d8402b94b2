"""One log line for each request: what was asked, what was answered, how long it took.

    GET /posts/7 200 3.2 ms
    GET /posts/8 raised KeyError after 1.0 ms

The facts are attributes of the record too (``method``, ``path``, ``status``, ``milliseconds``), for
formatters that write something else than text.
"""

import logging
import time
from typing import Any

from groundup_middleware.colour import name_layer
from groundup_middleware.types import AsyncNext, Layer, RequestLike
from groundup_response import Response

__all__ = ["log_requests", "logging_middleware"]

MAX_PATH = 1000


def log_requests(
    logger: logging.Logger | None = None,
    *,
    level: int = logging.INFO,
    error_level: int | None = None,
) -> Layer:
    """Return a layer that logs each request when its response is on its way out.

    Args:
        logger: Where to, by default the logger ``groundup.requests``.
        level: The level of a request that was answered.
        error_level: The level of one that ended in an exception, by default ``level``: whoever
            handles the exception logs it, with its traceback.
    """
    target = logger or logging.getLogger("groundup.requests")
    failed = level if error_level is None else error_level

    async def log_request(request: RequestLike, next: AsyncNext) -> Response:
        start = time.perf_counter()
        try:
            response = await next()
        except BaseException as error:
            facts = collect_facts(request, start)
            name = type(error).__name__
            message = "%(method)s %(path)s raised %(error)s after %(milliseconds).1f ms"
            target.log(failed, message, {**facts, "error": name}, extra=facts)
            raise
        facts = collect_facts(request, start) | {"status": int(response.status)}
        message = "%(method)s %(path)s %(status)d %(milliseconds).1f ms"
        target.log(level, message, facts, extra=facts)
        return response

    return name_layer(log_request, "log_requests")


def collect_facts(request: RequestLike, start: float) -> dict[str, Any]:
    """Return what a line says, in a form that cannot forge a second line."""
    milliseconds = round((time.perf_counter() - start) * 1000, 3)
    method, path = make_printable(request.method), make_printable(request.path)
    return {"method": method, "path": path, "milliseconds": milliseconds}


def make_printable(text: str) -> str:
    r"""Write control characters as escapes, and cut what is very long.

    >>> make_printable("/a\nGET /forged")
    '/a\\nGET /forged'
    """
    text = text[:MAX_PATH]
    return text if text.isprintable() else repr(text)[1:-1]


logging_middleware = log_requests()
"""The layer with its defaults: ``pipeline.use(logging_middleware)``."""
