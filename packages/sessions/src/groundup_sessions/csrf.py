"""Refuse requests that another site made a browser send: CSRF.

    evil.example:  <form action="https://bank.example/pay" method="post"> … submit()
    browser:       POST /pay, Cookie: session=3yX…        it sends the cookie: that is the attack

Two walls.  A browser says which page a request comes from (``Sec-Fetch-Site``, ``Origin``), and no
page can lie about it.  And every form of ours carries a token that only a page of ours could read;
it covers browsers that do not say, and proxies that do not pass it on.

Of the token each page shows another face: mask ‖ (mask xor secret).  A secret that stands in every
answer unchanged can be guessed letter by letter from how well the answers compress (BREACH).
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from groundup_sessions.errors import CSRFError
from groundup_sessions.places import place_layer
from groundup_sessions.session import CSRF_NAME

__all__ = ["check_csrf", "csrf_middleware", "csrf_token"]

SECRET_SIZE = 32
TOKEN_LENGTH = 86  # 64 bytes in base64
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Next = Callable[[], Awaitable[Any]]


class HeadersLike(Protocol):
    """Fields by name, whatever its case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field."""
        ...


class RequestLike(Protocol):
    """What is read of a request, besides ``form``, which is asked for only when a form came."""

    @property
    def method(self) -> str:
        """The method."""
        ...

    @property
    def headers(self) -> HeadersLike:
        """The fields."""
        ...

    @property
    def session(self) -> Any:
        """The session that a layer above has set."""
        ...


def csrf_token(session: MutableMapping[str, Any]) -> str:
    """Return a token for the forms of a session: another at each call, and all of them work.

    >>> session = {}
    >>> check_csrf(session, csrf_token(session)), check_csrf({}, csrf_token(session))
    (True, False)
    """
    secret = read_secret(session)
    if secret is None:
        secret = secrets.token_bytes(SECRET_SIZE)
        session[CSRF_NAME] = encode(secret)
    mask = secrets.token_bytes(SECRET_SIZE)
    return encode(mask + xor(mask, secret))


def check_csrf(session: Mapping[str, Any], token: object) -> bool:
    """Return whether a token is one of this session's."""
    secret = read_secret(session)
    if secret is None or not isinstance(token, str) or len(token) != TOKEN_LENGTH:
        return False
    sent = decode(token)
    if sent is None or len(sent) != 2 * SECRET_SIZE:
        return False
    return hmac.compare_digest(xor(sent[:SECRET_SIZE], sent[SECRET_SIZE:]), secret)


def csrf_middleware(
    *, trusted_origins: Collection[str] = ()
) -> Callable[[Any, Next], Awaitable[Any]]:
    """Return a layer that refuses forged requests; it goes below ``session_middleware``.

    A safe method passes: it changes nothing.  If it opens a WebSocket, whose messages the page of
    another site could read, the first wall stands.  ``Authorization: Bearer`` passes: no browser
    adds it by itself, and a page that could add it would need the token.  A request that came
    without a session has nothing to be misused but the log-in, and for that the first wall stands.

    Args:
        trusted_origins: Other origins whose pages may send requests: ``https://app.example``.
            They need a token as well.

    Raises:
        CSRFError: From the layer, with status 403.
    """
    trusted = frozenset(origin.lower().rstrip("/") for origin in trusted_origins)

    async def guard(request: RequestLike, next: Next) -> Any:
        if request.method in SAFE:
            if request.headers.get("Upgrade") is not None:
                require_own_page(request, trusted)
        elif not has_bearer(request):
            require_own_page(request, trusted)
            if not request.session.new and not check_csrf(request.session, find_token(request)):
                raise CSRFError(
                    f"token of the form must be that of the session: send {FIELD} in the form, "
                    f"or {HEADER}; a page that was open for long must be loaded again"
                )
        return await next()

    return place_layer(guard, name="csrf", requires=["sessions"])


def has_bearer(request: RequestLike) -> bool:
    """Return whether a request proves by itself who sends it."""
    return (request.headers.get("Authorization") or "").lower().startswith("bearer ")


def require_own_page(request: RequestLike, trusted: Collection[str]) -> None:
    """Refuse a request that, as the browser says, comes from a page of somebody else."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() in trusted:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        own = site in {"same-origin", "none"}
    else:
        own = origin is None or is_host(origin, request.headers.get("Host") or "")
    if not own:
        raise CSRFError(f"request must come from a page of this site, got one of {origin!r:.80}")


def is_host(origin: str, host: str) -> bool:
    """Return whether an origin is that of a host; "null" is nobody's."""
    try:
        found = urlsplit(origin).netloc
    except ValueError:
        return False
    return found != "" and found.lower() == host.lower()


def find_token(request: Any) -> str | None:
    """Return the token of a request: from its field, or from the form if the body is one."""
    token: str | None = request.headers.get(HEADER)
    if token is not None:
        return token
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        return None
    try:
        found: str | None = request.form.get(FIELD)
    except RuntimeError:  # a body that the handler reads piece by piece: the field is for that
        return None
    return found


def read_secret(session: Mapping[str, Any]) -> bytes | None:
    """Return the secret of a session, if it has one."""
    stored = session.get(CSRF_NAME)
    secret = decode(stored) if isinstance(stored, str) else None
    return secret if secret is not None and len(secret) == SECRET_SIZE else None


def encode(data: bytes) -> str:
    """Return bytes as base64 that can stand in a form and a field."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """Return the bytes of base64, or None."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None


def xor(one: bytes, other: bytes) -> bytes:
    """Return two strings of one length laid over each other."""
    number = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return number.to_bytes(len(one), "big")
