"""The answers that a server gives by itself: small, plain, and without a word too many.

    an error with a 4xx status      that status, and what the error says
    an error with a 5xx status      that status, and nothing that belongs to the program
    any other error                 500, the same
    an answer that cannot be sent   500, the same

Whatever has an int ``status`` counts, whoever wrote it: the errors of groundup_httpparse and
groundup_messages have one.  What it has as ``headers`` goes with the answer: how long to wait,
which codings would do.
"""

import logging
from collections.abc import Mapping
from typing import Any

from groundup_httpparse import Headers
from groundup_messages import Request
from groundup_response import Response, reason_phrase

__all__ = ["answer_error", "make_refusal"]

logger = logging.getLogger("groundup.server")

BUSY = 503
CLIENT_ERRORS = range(400, 500)
SERVER_ERRORS = range(500, 600)
MAX_REASON = 200  # characters: an error may quote what the client sent


def make_refusal(status: int, reason: str = "") -> Response:
    r"""Return a plain answer.

    >>> make_refusal(400, "one Host is needed").text
    'Bad Request: one Host is needed\n'
    """
    text = f"{reason_phrase(status)}: {reason[:MAX_REASON]}" if reason else reason_phrase(status)
    fields = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    if status == BUSY:
        fields.append(("Retry-After", "1"))
    return Response(status, f"{text}\n".encode("utf-8", "replace"), fields)


def answer_error(error: Exception, request: Request) -> Response:
    """Return the answer to an error of a handler, and log it when it is the program's."""
    status = getattr(error, "status", None)
    if isinstance(status, int) and status in CLIENT_ERRORS:
        response = make_refusal(status, str(error))
    else:
        logger.error(
            "%s %s failed: %r", request.method, request.path[:MAX_REASON], error, exc_info=error
        )
        if not isinstance(status, int) or status not in SERVER_ERRORS:
            status = 500
        response = make_refusal(status)
    _add_fields(response, error)
    response.error = error
    return response


def _add_fields(response: Response, error: Exception) -> None:
    """Take over what an error says in fields, but not what kind of text our words are."""
    fields: Any = getattr(error, "headers", None)
    if not isinstance(fields, Mapping) or not hasattr(error, "status"):
        return
    try:
        for name, value in Headers(fields).items():  # pyright: ignore[reportUnknownArgumentType]  # which checks them
            if "content-" not in name.lower():
                response.set_header(name, value)
    except (TypeError, ValueError):
        logger.exception("headers of an error must be fields, got %.40r", fields)  # pyright: ignore[reportUnknownArgumentType]  # of anything
