"""Who is asking, and in which language to answer.

    Authorization: Bearer …    a program: its token says who
    Cookie: session=…          a browser: the token of its log-in is in its session

Either way it is a token of the authentication system, so a new password or a log-out everywhere
ends both.  ``request.user`` is set for every request, to None for strangers.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import quote

from groundup_auth import AuthenticationSystem, User
from groundup_errors import UnauthorizedError
from groundup_messages import Request, Response
from groundup_middleware import call_in_thread

__all__ = ["identify", "local_path", "read_values", "sign_in_first", "wants_page"]

TOKEN = "token"  # noqa: S105 - the session's key, not a secret
Handler = Callable[[Request], Response]


def identify(auth: AuthenticationSystem) -> Callable[[Any, Any], Awaitable[Any]]:
    """Return the layer that sets ``request.user``."""

    async def identify_user(request: Request, next: Callable[[], Awaitable[Response]]) -> Response:
        request.user = None
        token = request.bearer_token or request.session.get(TOKEN)
        if isinstance(token, str):
            request.user = await call_in_thread(auth.find_user, token)
        return await next()

    return identify_user


def wants_page(request: Request) -> bool:
    """Return whether the client is a person's browser and not a program."""
    return request.accepts("application/json", "text/html") == "text/html"


def sign_in_first(handler: Handler) -> Handler:
    """Let only those in who are known: people are sent to the log-in, programs get a 401."""

    @wraps(handler)
    def guarded(request: Request) -> Response:
        if isinstance(request.user, User):
            return handler(request)
        if wants_page(request) and request.method in {"GET", "HEAD"}:
            return Response.redirect(f"/login?next={quote(request.target)}")
        raise UnauthorizedError("log in first: send the token of POST /login as a bearer token")

    return guarded


def local_path(target: str | None, default: str = "/") -> str:
    r"""Return where to go on this site, and the default for an address of another one.

    >>> local_path("/posts/new"), local_path("//evil.example"), local_path("/\\evil.example")
    ('/posts/new', '/', '/')
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return default
    return target if target.isprintable() else default


def read_values(request: Request) -> dict[str, str]:
    """Return the values that were sent, as a form or as a JSON object; only those that are text."""
    if request.content_type == "application/json":
        sent: Any = request.json
        if not isinstance(sent, dict):
            return {}
        values = cast("dict[str, Any]", sent)
        return {name: str(value) for name, value in values.items() if isinstance(value, str | int)}
    return request.form.to_dict()
