"""Give each request an id, and tell the client: the thread to follow through logs and services.

    X-Request-ID: 7f3a…   ─►   request.id, current_request_id   ─►   X-Request-ID: 7f3a…

An id that comes in is kept if it looks like one; anything else could be a line of a forged log.
"""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer
from groundup_response import Response

__all__ = ["current_request_id", "request_id"]

ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")

current_request_id: ContextVar[str | None] = ContextVar("groundup_request_id", default=None)
"""The id of the request that this code works for; it follows into threads and tasks."""


def make_id() -> str:
    """Return a new id: 32 hexadecimal digits, 122 of their bits at random."""
    return uuid.uuid4().hex


def request_id(
    *, header: str = "X-Request-ID", trust: bool = True, generate: Callable[[], str] = make_id
) -> Layer:
    """Return a layer that sets ``request.id`` and the same field in the response.

    Args:
        header: The field that carries the id.
        trust: Whether an id that the client sent is kept.
        generate: Makes an id for a request without.
    """

    async def identify(request: Any, next: AsyncNext) -> Response:
        given = request.headers.get(header) if trust else None
        request.id = given if given and ID.fullmatch(given) else generate()
        token = current_request_id.set(request.id)
        try:
            response = await next()
        finally:
            current_request_id.reset(token)
        response.headers[header] = request.id
        return response

    return annotate(identify, f"request_id({header})")
