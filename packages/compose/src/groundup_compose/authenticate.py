"""Let a request pass with a token only: RFC 9110, section 11, and RFC 6750 for ``Bearer``.

Authorization: Bearer eyJh…   ─► verify("eyJh…") ─► a user      ─► request.user, next()
                                                ─► None        ─► 401 error="invalid_token"
no field, or another scheme                                    ─► 401
"""

import re
from collections.abc import Callable
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer, call_by_colour, describe
from groundup_response import Response

__all__ = ["authenticate"]

TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*")
QUOTABLE = re.compile(r"[\t !#-\[\]-~]*")


def authenticate(
    verify: Callable[[str], Any],
    *,
    scheme: str = "Bearer",
    realm: str | None = None,
    optional: bool = False,
) -> Layer:
    """Return a layer that asks ``verify(token)`` who sends a request, and sets ``request.user``.

    Args:
        verify: Sync (in a thread, unless it is marked ``@nonblocking``) or async.  Returns the
            user, or None or False for a token that is not valid.
        scheme: The word before the token.
        realm: What the client is asked to log in to.
        optional: Whether a request without token passes, with the user that it has.  One with a
            token that is not valid never does.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> layer = authenticate({"t0ken": "alice"}.get)
    >>> request = SimpleNamespace(headers={"Authorization": "Bearer t0ken"})
    >>> Pipeline([layer]).run_sync(request, lambda request: Response(200, request.user)).text
    'alice'
    """
    if not TOKEN68.fullmatch(scheme) or not QUOTABLE.fullmatch(realm or ""):
        raise ValueError(f"not a scheme and a realm: {scheme!r:.40}, {realm!r:.40}")

    async def identify(request: Any, next: AsyncNext) -> Response:
        token = find_token(request.headers.get("Authorization"), scheme)
        if token is None:
            return await next() if optional else refuse(scheme, realm, None)
        user = await call_by_colour(verify, token)
        if user is None or user is False:
            return refuse(scheme, realm, "invalid_token")
        request.user = user
        return await next()

    return annotate(identify, f"authenticate({describe(verify)})")


def find_token(value: str | None, scheme: str) -> str | None:
    """Return the token of an ``Authorization`` field, or None.

    >>> find_token("bearer  abc", "Bearer"), find_token("Basic abc", "Bearer")
    ('abc', None)
    """
    found, _, token = (value or "").partition(" ")
    token = token.strip(" ")
    if found.lower() != scheme.lower() or not TOKEN68.fullmatch(token):
        return None
    return token


def refuse(scheme: str, realm: str | None, error: str | None) -> Response:
    """Return the 401 with its challenge."""
    parameters = {"realm": realm, "error": error}
    given = [f'{name}="{value}"' for name, value in parameters.items() if value is not None]
    challenge = f"{scheme} {', '.join(given)}".rstrip()
    headers = {"WWW-Authenticate": challenge, "Content-Type": "text/plain; charset=utf-8"}
    return Response(401, "Unauthorized", headers)
