"""Behind a proxy, see the client and not the proxy: RFC 7239, and the ``X-Forwarded`` fields.

    client 203.0.113.9 ──https──► proxy 10.0.0.2 ──http──► we see  10.0.0.2, http
                                       │
                   X-Forwarded-For: 203.0.113.9            request.client   203.0.113.9
                   X-Forwarded-Proto: https                request.scheme   https

Anybody can send these fields.  They are believed only if the connection comes from a listed peer,
and then read from the right: each proxy added at the end, so the first address from there that is
none of ours is the client, and what stands left of it is what the client claims.

Two traps.  A proxy that sets one set of fields passes the other one on as the client sent it: so
one set is chosen, not both read.  The same holds for ``X-Forwarded-Host``, which few proxies set
without being told to: say ``host=True`` if yours does.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from groundup_compose.errors import ForwardedError
from groundup_compose.factories import annotate
from groundup_compose.forwarded import (
    MAX_REMEMBERED,
    Hop,
    Node,
    parse_address,
    parse_networks,
    parse_node,
    read_forwarded,
    read_x_forwarded,
)
from groundup_compose.order import ordered
from groundup_middleware import Layer, Next, nonblocking
from groundup_response import Response

__all__ = ["proxy_headers"]

UNIX = "unix"
SCHEMES = {"http", "https", "ws", "wss"}
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z._-]{1,253})(?::[0-9]{1,5})?")


def proxy_headers(
    peers: str | Iterable[str], *, forwarded: bool = False, host: bool = False
) -> Layer:
    """Return a layer that sets ``request.client`` and ``request.scheme`` to those of the client.

    Put it outside of everything that looks at them: limits, logs, secure cookies.  The client
    becomes None if the proxy says that it does not know it.  A field of a listed peer that breaks
    its grammar is answered with 400.

    Args:
        peers: Our proxies: addresses (``10.0.0.2``), networks (``10.0.0.0/8``), and ``unix`` for
            what comes over a Unix socket.
        forwarded: Whether they write ``Forwarded`` (RFC 7239) in place of ``X-Forwarded-*``.
        host: Whether they also say, and always set, which host the client asked for: it becomes
            ``request.host``.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> request = SimpleNamespace(client=Node("10.0.0.2"), scheme="http")
    >>> request.headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    >>> pipeline = Pipeline([proxy_headers("10.0.0.0/8")])
    >>> pipeline.run_sync(request, lambda r: Response(200, f"{r.client.host} {r.scheme}")).text
    '203.0.113.9 https'
    """
    names = [peers] if isinstance(peers, str) else list(peers)
    is_ours = compile_peers(names)
    read = read_forwarded if forwarded else read_x_forwarded

    @nonblocking
    def see_client(request: Any, next: Next) -> Any:
        peer = request.client
        if is_ours(None if peer is None else peer.host):
            try:
                apply(request, read(request.headers), is_ours, host=host)
            except ForwardedError as error:
                headers = {"Content-Type": "text/plain; charset=utf-8"}
                return Response(400, f"Bad request: {error}", headers)
        return next()

    annotate(see_client, f"proxy_headers({', '.join(names)})")
    return ordered(see_client, before=("trusted_hosts", "rate_limit", "cors"))


def compile_peers(names: Iterable[str]) -> Callable[[str | None], bool]:
    """Return the function that tells whether a host is one of these; None is a Unix socket."""
    unix = UNIX in names
    networks = parse_networks(name for name in names if name != UNIX)

    @functools.lru_cache(MAX_REMEMBERED)
    def is_ours(host: str | None) -> bool:
        address = None if host is None else parse_address(host)
        if address is None:
            return unix and (host is None or host.startswith("/"))
        return any(address in network for network in networks)

    return is_ours


def apply(
    request: Any, hops: list[Hop], is_ours: Callable[[str | None], bool], *, host: bool
) -> None:
    """Set in a request what the outermost of our proxies says of it."""
    if not hops:
        return  # the proxy asks for itself: a health check
    hop, node = find_client(hops, is_ours)
    if hop.node is not None:
        request.client = node if node is None else name_client(request.client, node)
    if hop.scheme is not None:
        request.scheme = check_scheme(hop.scheme)
    if host and hop.host is not None:
        if not HOST.fullmatch(hop.host):
            raise ForwardedError(f"a forwarded host must be a name, got {hop.host!r:.40}")
        request.host = hop.host


def find_client(hops: list[Hop], is_ours: Callable[[str | None], bool]) -> tuple[Hop, Node | None]:
    """Return the hop that names the client: from the right, the first that is no proxy of ours."""
    for hop in reversed(hops):
        node = None if hop.node is None else parse_node(hop.node)
        if node is None or not is_ours(node.host):
            return hop, node
    return hops[0], parse_node(hops[0].node or "")  # a client in our own network


def name_client(peer: Any, node: Node) -> Any:
    """Return a client address of the class that the server uses, if that is a named tuple."""
    replace = getattr(peer, "_replace", None)
    return node if replace is None else replace(host=node.host, port=node.port)


def check_scheme(scheme: str) -> str:
    """Return a scheme in small letters."""
    if scheme.lower() not in SCHEMES:
        raise ForwardedError(f"a forwarded scheme must be http or https, got {scheme!r:.40}")
    return scheme.lower()
