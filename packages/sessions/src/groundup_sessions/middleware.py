"""Give every request its session: a layer ``async (request, next)``.

    Cookie: session=3yX… ─► load ─► request.session ─► next() ─► changed? ─► save ─► Set-Cookie
    no cookie            ─► an empty one, no call                unchanged ─► nothing

The store is asked once before the handler, if a cookie came, and once after it, if something was
changed.  So ``request.session`` is ready in sync handlers, coroutines and templates alike, and
nobody who only looks at a page gets a cookie.  Files and Redis are asked in a worker thread.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from groundup_sessions.cookie import Attributes, ResponseLike, keep_private
from groundup_sessions.errors import UnknownSession
from groundup_sessions.manager import SessionManager
from groundup_sessions.places import place_layer
from groundup_sessions.session import Session

__all__ = ["RequestLike", "session_middleware"]

FAILED = 500

logger = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Next = Callable[[], Awaitable[Any]]


class RequestLike(Protocol):
    """What a layer here reads of a request, and the one attribute that it sets."""

    session: Any

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by name."""
        ...

    @property
    def is_secure(self) -> bool:
        """Whether the request came over TLS."""
        ...


def session_middleware(
    manager: SessionManager,
    *,
    cookie: str = "session",
    secure: Literal["auto"] | bool = "auto",
    samesite: str = "Lax",
    max_age: int | None = None,
    path: str = "/",
    domain: str | None = None,
) -> Callable[[Any, Next], Awaitable[Any]]:
    """Return a layer that sets ``request.session``.  May be shared between tasks and threads.

    What a handler changed is kept, unless its answer is 500 or above, or an error leaves it.

    Args:
        manager: Where sessions are kept.
        cookie: The name of the cookie; ``__Host-session`` with ``secure=True`` is the safest.
        secure: Whether the cookie is for TLS only; ``"auto"`` for what the request came over.
        samesite: Which requests of other sites bring the cookie.
        max_age: Seconds that the browser keeps it; until it is closed, if not given.
        path: Below which paths.
        domain: For which hosts; for this one alone, if not given.

    >>> from types import SimpleNamespace
    >>> request = SimpleNamespace(cookies={}, is_secure=True)
    >>> async def handler():
    ...     return sorted(request.session)
    >>> layer = session_middleware(SessionManager())
    """
    attributes = Attributes(cookie, secure, samesite, max_age, path, domain)

    async def sessions(request: RequestLike, next: Next) -> Any:
        sent = request.cookies.get(cookie)
        session = Session() if sent is None else await call(manager, manager.open, sent)
        request.session = session
        response = await next()
        if response.status < FAILED:
            await save(manager, session, response, attributes, secure=request.is_secure)
        if session.accessed:
            keep_private(response)
        return response

    return place_layer(sessions, name="sessions")


async def save(
    manager: SessionManager,
    session: Session,
    response: ResponseLike,
    attributes: Attributes,
    *,
    secure: bool,
) -> None:
    """Keep a session, and tell the browser if its id is another now."""
    if not session.accessed:
        return
    before, ended = session.id, bool(session.invalidated)
    try:
        after = await call(manager, manager.commit, session)
    except UnknownSession:
        # A log-out in another tab: to bring the session back would undo it.
        logger.info("session was ended during a request: its changes are dropped")
        return
    if after is not None and after != before:
        attributes.set(response, after, secure=secure)
    elif after is None and ended:
        attributes.delete(response, secure=secure)


async def call(
    manager: SessionManager,
    function: Callable[Parameters, Result],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Call a function of a manager, on a worker thread if it may take long."""
    if manager.blocking:
        # Here somebody runs a loop and has it; whoever has none does not wait for it.
        import asyncio  # noqa: PLC0415 - see above

        return await asyncio.to_thread(function, *args, **kwargs)
    return function(*args, **kwargs)
