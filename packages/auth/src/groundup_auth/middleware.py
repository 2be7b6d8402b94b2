"""Set ``request.user`` from a token: RFC 6750, section 2.1, or a cookie.

    Authorization: Bearer eyJh…  ─┐
                                  ├─► valid ─► request.user = User(id, email, username)
    Cookie: token=eyJh…          ─┘   else  ─► request.user = None
                                                    │ require_user, @login_required
                                                    └─► Unauthenticated: status 401

The layer never refuses: a page for everybody is for those with an old token, too.  ``require_user``
does, by an exception that carries ``status`` and ``headers`` for whoever makes responses.

A browser sends cookies with requests that other sites make.  So for methods that change something,
and for WebSockets, whose answers other sites can read, a cookie counts only if the browser says
that the page is of this site (``Sec-Fetch-Site``, or ``Origin`` in older ones).  A token in
``Authorization`` was put there by a program of ours.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar, cast, runtime_checkable
from urllib.parse import urlsplit

from groundup_auth.errors import TokenError, Unauthenticated
from groundup_auth.users import User

__all__ = [
    "RequestLike",
    "SupportsFindUser",
    "Verifier",
    "authentication_middleware",
    "login_required",
    "require_user",
]

BEARER = re.compile(r"bearer +([0-9A-Za-z._~+/-]+=*) *", re.IGNORECASE | re.ASCII)
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Next = Callable[[], Awaitable[Result]]


class HeadersLike(Protocol):
    """Fields by name, whatever its case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field."""
        ...


class RequestLike(Protocol):
    """What a layer here reads of a request, and the one attribute that it sets."""

    user: Any

    @property
    def method(self) -> str:
        """The method."""
        ...

    @property
    def headers(self) -> HeadersLike:
        """The fields."""
        ...

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by name."""
        ...


class Verifier(Protocol):
    """What a layer here asks: the least that an authentication system can do."""

    def verify_token(self, token: str, /) -> int | None:
        """Return the id of a token's user, or None."""
        ...


@runtime_checkable
class SupportsFindUser(Protocol):
    """A verifier that knows more of a user than the id."""

    def find_user(self, token: str, /) -> Any:
        """Return a token's user, or None."""
        ...


def authentication_middleware(
    auth: Verifier, *, cookie: str | None = None
) -> Callable[[RequestLike, Next[Any]], Awaitable[Any]]:
    """Return a layer that sets ``request.user``.  May be shared between tasks and threads.

    Args:
        auth: Who knows tokens.  Asked in a worker thread, since it reads a store.
        cookie: The cookie that may hold a token, if any.

    >>> import asyncio
    >>> from types import SimpleNamespace
    >>> from groundup_auth import AuthenticationSystem
    >>> request = SimpleNamespace(method="GET", headers={}, cookies={}, user="?")
    >>> async def handler():
    ...     return request.user
    >>> with AuthenticationSystem() as auth:
    ...     print(asyncio.run(authentication_middleware(auth)(request, handler)))
    None
    """

    async def authenticate(request: RequestLike, next: Next[Any]) -> Any:
        request.user = None
        token = find_token(request, cookie)
        if token is not None:
            # Here somebody runs a loop and has it; whoever has none does not wait for it.
            import asyncio  # noqa: PLC0415 - see above

            request.user = await asyncio.to_thread(identify, auth, token)
        return await next()

    return authenticate


def identify(auth: Verifier, token: str) -> Any:
    """Return the user of a token, or None."""
    if isinstance(auth, SupportsFindUser):
        return auth.find_user(token)
    user_id = auth.verify_token(token)
    return None if user_id is None else User(user_id, email="")


def find_token(request: RequestLike, cookie: str | None) -> str | None:
    """Return the token of a request; that in ``Authorization`` before that in the cookie."""
    if match := BEARER.fullmatch(request.headers.get("Authorization") or ""):
        return match[1]
    if cookie is None or not is_same_site(request):
        return None
    return request.cookies.get(cookie) or None


def is_same_site(request: RequestLike) -> bool:
    """Return whether a request may use the cookies that came with it."""
    if request.method in SAFE and request.headers.get("Upgrade") is None:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:  # no browser; those that lack both fields are older than SameSite cookies
        return True
    try:
        host = urlsplit(origin).netloc  # "null" has none
        return host != "" and host.lower() == (request.headers.get("Host") or "").lower()
    except ValueError:
        return False


def refuse(request: RequestLike) -> None:
    """Raise the 401, unless there is a user.

    Raises:
        Unauthenticated: Nobody is logged in; ``TokenError`` if a token was sent.
    """
    if request.user is not None:
        return
    if BEARER.fullmatch(request.headers.get("Authorization") or ""):
        raise TokenError("token is not valid: log in again, or refresh it")
    raise Unauthenticated


async def require_user(request: RequestLike, next: Next[Result]) -> Result:
    """Pass on a request of a user: a layer for everything below it.

    Raises:
        Unauthenticated: Nobody is logged in.
    """
    refuse(request)
    return await next()


def login_required(handler: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let a handler be called for users only: a decorator, for functions and coroutines.

    Raises:
        Unauthenticated: Nobody is logged in.
    """
    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def guarded_coroutine(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
            refuse(find_request(args, kwargs))
            return await handler(*args, **kwargs)

        return cast("Callable[Parameters, Result]", guarded_coroutine)

    @functools.wraps(handler)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        refuse(find_request(args, kwargs))
        return handler(*args, **kwargs)

    return guarded


def find_request(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> RequestLike:
    """Return the request among the arguments of a handler."""
    candidates = [kwargs["request"]] if "request" in kwargs else list(args[:2])
    for candidate in candidates:
        if hasattr(candidate, "user") and hasattr(candidate, "headers"):
            request: RequestLike = candidate
            return request
    raise TypeError("handler must be called with a request as its first argument")
