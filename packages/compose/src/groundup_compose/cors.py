"""Let pages of other origins read our responses: the CORS protocol of the Fetch standard.

A browser lets a page read a response from another origin only if the response says so.

    Origin: https://app.example     ─►   Access-Control-Allow-Origin: https://app.example
                                         Vary: Origin

Before a request that a plain form could not send, it asks first (the *preflight*); that question is
answered here and never reaches a handler:

    OPTIONS /posts/7                ─►   204
    Origin: https://app.example          Access-Control-Allow-Origin: https://app.example
    Access-Control-Request-Method: PUT   Access-Control-Allow-Methods: GET, PUT

Three decisions.  No ``Origin``: not a cross-origin request, straight on.  Our own origin, which
browsers send with every POST: straight on.  An origin that is not allowed: 403 and nothing below
runs, because the browser would hide only the response, not what the request has done; with
``refuse=False`` it runs, and the browser hides the response.

CORS relaxes the protection of the browser.  It does not replace CSRF tokens.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from groundup_compose.factories import annotate
from groundup_compose.hosts import find_host
from groundup_compose.order import ordered
from groundup_middleware import AsyncNext, Layer, RequestLike, add_vary
from groundup_response import Response

__all__ = ["cors", "cors_middleware"]

Origins: TypeAlias = str | Iterable[str] | re.Pattern[str] | Callable[[str], bool]

ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<any>\*\.)?(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?P<port>:\d+)?"
)
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Policy:
    """The settings of one `cors`, checked and put into the form that answers need."""

    def __init__(
        self,
        origins: Origins,
        *,
        methods: Iterable[str],
        headers: Iterable[str],
        expose: Iterable[str],
        credentials: bool,
        max_age: int,
    ) -> None:
        names = collect_names(origins)
        self.everyone = "*" in names
        if self.everyone and credentials:
            msg = '"*" with credentials lets any site act as your users: name the origins'
            raise ValueError(msg)
        self.is_allowed = allow_everyone if self.everyone else compile_origins(origins, names)
        self.methods = check_tokens(methods)
        self.headers = check_tokens(headers)
        self.expose = ", ".join(check_tokens(expose))
        self.credentials = credentials
        self.max_age = max_age

    def mark(self, response: Response, origin: str) -> None:
        """Say in a response that this origin may read it."""
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*" if self.everyone else origin
        if self.credentials:
            headers["Access-Control-Allow-Credentials"] = "true"

    def answer_preflight(self, request: RequestLike, origin: str) -> Response:
        """Answer the question that a browser asks before a request."""
        response = Response(204)
        self.mark(response, origin)
        headers = response.headers
        method = request.headers.get("Access-Control-Request-Method") or ""
        headers["Access-Control-Allow-Methods"] = choose_names(self.methods, method)
        asked = request.headers.get("Access-Control-Request-Headers") or ""
        if allowed := choose_names(self.headers, asked):
            headers["Access-Control-Allow-Headers"] = allowed
        headers["Access-Control-Max-Age"] = str(self.max_age)
        add_vary(response, "Access-Control-Request-Method")
        add_vary(response, "Access-Control-Request-Headers")
        return response


def cors(
    allow_origins: Origins,
    *,
    allow_methods: Iterable[str] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    allow_headers: Iterable[str] = ("Accept", "Content-Type", "Authorization"),
    expose_headers: Iterable[str] = (),
    allow_credentials: bool = False,
    max_age: int = 600,
    refuse: bool = True,
) -> Layer:
    """Return a layer that answers the CORS protocol.

    Put it outside of everything that may answer itself: a 401 without these fields is unreadable.

    Args:
        allow_origins: ``"*"``; or origins (``https://app.example``, ``https://*.app.example``); or
            a compiled regular expression for the whole origin; or a function that decides.
        allow_methods: What other origins may send.  ``"*"`` allows what they ask for.
        allow_headers: Request fields that they may send.  ``"*"`` allows what they ask for.
        expose_headers: Response fields that their scripts may read.
        allow_credentials: Whether their requests carry cookies.
        max_age: Seconds for which a browser remembers the answer to a preflight.
        refuse: Whether origins that are not allowed get a 403.

    Raises:
        ValueError: A setting is not what browsers understand.
    """
    policy = Policy(
        allow_origins,
        methods=allow_methods,
        headers=allow_headers,
        expose=expose_headers,
        credentials=allow_credentials,
        max_age=max_age,
    )

    async def allow(request: RequestLike, next: AsyncNext) -> Response:
        response = await respond(policy, request, next, refuse=refuse)
        if not policy.everyone:
            add_vary(response, "Origin")
        return response

    # An answer without these fields is one that no page can read.
    return ordered(annotate(allow, "cors"), before="authenticate")


cors_middleware = cors


async def respond(
    policy: Policy, request: RequestLike, next: AsyncNext, *, refuse: bool
) -> Response:
    """Choose among the cases of the protocol."""
    origin = request.headers.get("Origin")
    if origin is None or is_same_origin(request, origin):
        return await next()
    allowed = policy.is_allowed(origin)
    if not allowed and refuse:
        return Response(403, "CORS not allowed", {"Content-Type": "text/plain; charset=utf-8"})
    if request.method == "OPTIONS" and request.headers.get("Access-Control-Request-Method"):
        return policy.answer_preflight(request, origin) if allowed else Response(204)
    response = await next()
    if allowed:
        policy.mark(response, origin)
        if policy.expose:
            response.headers["Access-Control-Expose-Headers"] = policy.expose
    return response


def is_same_origin(request: RequestLike, origin: str) -> bool:
    """Return whether a request comes from a page of this very host.

    Schemes are not compared: behind a proxy that ends TLS, we do not know our own.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    host = find_host(request)
    return bool(host) and origin.partition("://")[2].lower() == host.lower()


def allow_everyone(_origin: str) -> bool:
    """Allow every origin."""
    return True


def collect_names(origins: Origins) -> set[str]:
    """Return the origins that were given by name."""
    if isinstance(origins, str):
        return {origins}
    return set() if isinstance(origins, re.Pattern) or callable(origins) else set(origins)


def compile_origins(origins: Origins, names: set[str]) -> Callable[[str], bool]:
    """Return the function that tells whether an origin is allowed."""
    if isinstance(origins, re.Pattern):
        pattern = origins
        return lambda origin: pattern.fullmatch(origin) is not None
    if callable(origins):
        return origins
    exact = {name for name in names if "*" not in name}
    wild = [compile_wildcard(name) for name in names - exact]
    for name in exact - {"null"}:
        check_origin(name)
    return lambda origin: origin in exact or any(one.fullmatch(origin) for one in wild)


def check_origin(name: str) -> re.Match[str]:
    """Return the parts of an origin, or say what is wrong with it."""
    match = ORIGIN.fullmatch(name)
    if match is None:
        msg = (
            f"an origin is scheme://host[:port] in small letters and nothing more, got {name!r:.60}"
        )
        raise ValueError(msg)
    return match


def compile_wildcard(name: str) -> re.Pattern[str]:
    """Return the expression for ``https://*.example.com``: any name below, not the name itself."""
    match = check_origin(name)
    host, port = re.escape(match["host"]), re.escape(match["port"] or "")
    return re.compile(rf"{re.escape(match['scheme'])}://(?:[a-z0-9_-]+\.)+{host}{port}")


def check_tokens(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of methods or fields, or say which one is none."""
    names = (names,) if isinstance(names, str) else tuple(names)
    for name in names:
        if not TOKEN.fullmatch(name):
            raise ValueError(f"not a name of a method or field: {name!r:.40}")
    return names


def choose_names(allowed: tuple[str, ...], asked: str) -> str:
    """Return the value that allows these names; a star allows what was asked for."""
    if "*" not in allowed:
        return ", ".join(allowed)
    return ", ".join(name for item in asked.split(",") if TOKEN.fullmatch(name := item.strip()))
