"""Let a request pass only if a check knows who sends it: RFC 9110, section 11.

    check(request) ─► a user, or True ─► next()
                   ─► a Response      ─► that response: a page to log in, say
                   ─► None, False     ─► 401 with a challenge

What a user is, and where it is stored, is the affair of the check.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from groundup_middleware.colour import name_layer
from groundup_middleware.links import call_by_colour
from groundup_middleware.types import AsyncNext, Layer, is_response
from groundup_response import Response

__all__ = ["authentication"]

Check: TypeAlias = Callable[[Any], Any] | Callable[[Any], Awaitable[Any]]


def authentication(check: Check, *, challenge: str = "Bearer") -> Layer:
    """Return a layer that asks ``check(request)`` before anything below it runs.

    Args:
        check: Sync or async.  A sync one may block, so it runs in a thread unless it is marked
            ``@nonblocking``.  A user that it returns becomes ``request.user``.
        challenge: The value of ``WWW-Authenticate`` that a 401 must carry: how to come back.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> pipeline = Pipeline([authentication(lambda request: request.headers.get("Authorization"))])
    >>> pipeline.run_sync(SimpleNamespace(headers={}), lambda request: Response(200)).status
    401
    """

    async def authenticate(request: Any, next: AsyncNext) -> Response:
        user = await call_by_colour(check, request)
        if is_response(user):
            return user
        if user is None or user is False or user == "":
            return refuse(challenge)
        if user is not True:
            request.user = user
        return await next()

    return name_layer(authenticate, "authentication")


def refuse(challenge: str) -> Response:
    """Return the 401, which must say how to come back: RFC 9110, section 11.6.1."""
    headers = {"WWW-Authenticate": challenge, "Content-Type": "text/plain; charset=utf-8"}
    return Response(401, "Unauthorized", headers)
