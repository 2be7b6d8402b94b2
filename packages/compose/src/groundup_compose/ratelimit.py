"""Refuse a client that sends too many requests: 429, RFC 6585, section 4.

    RateLimit-Policy: "default";q=100;w=60      100 requests in 60 seconds
    RateLimit: "default";r=42;t=35              42 left, all of them back in 35 seconds
    Retry-After: 2                              with a 429: when to come again

The first two are the fields of draft-ietf-httpapi-ratelimit-headers; every response carries them,
so that a client can slow down before it is refused.
"""

import functools
import ipaddress
import logging
import math
import re
from collections.abc import Callable
from typing import Any

from groundup_compose.buckets import (
    Buckets,
    MemoryBuckets,
    Rate,
    SupportsCheck,
    Taken,
    parse_rate,
)
from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer, call_by_colour, nonblocking
from groundup_response import Response

__all__ = ["client_address", "rate_limit"]

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_REMEMBERED = 4096  # addresses that need not be read again: a client sends many requests
NETWORK = 64  # bits of an IPv6 address that name a household; the rest its devices choose freely

logger = logging.getLogger("groundup.ratelimit")


@nonblocking
def client_address(request: Any) -> str:
    """Return the address that a request came from, an IPv6 one as its network.

    >>> from types import SimpleNamespace
    >>> client_address(SimpleNamespace(ip="2001:db8:1:2:aaaa::1"))
    '2001:db8:1:2::/64'
    """
    return name_client(str(getattr(request, "ip", None) or "unknown"))


@functools.lru_cache(MAX_REMEMBERED)
def name_client(text: str) -> str:
    """Return the address or the network that one client has."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, NETWORK), strict=False))


def rate_limit(
    rate: str,
    *,
    burst: int | None = None,
    key: Callable[[Any], Any] = client_address,
    store: Buckets | None = None,
    name: str = "default",
    fail_open: bool = True,
) -> Layer:
    """Return a layer that allows each client so many requests.

    Args:
        rate: ``"5/minute"``, ``"100/10s"``.
        burst: How many of them at once, by default all.
        key: What tells clients apart, by default their address.  Sync (in a thread, unless it is
            marked ``@nonblocking``) or async.  A request with the key None is not counted.
        store: How and where to count: token buckets in this process (``MemoryBuckets()``, the
            default) or for several (``RedisBuckets(url)``), or sliding windows, which are stricter
            and take more memory (``MemoryWindows()``, ``RedisWindows(url)``).
        name: The name of this limit.  Limits of one name and one store count together.
        fail_open: Whether requests pass while the store does not answer; otherwise its error is
            raised.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> pipeline = Pipeline([rate_limit("2/minute")])
    >>> request = SimpleNamespace(ip="192.0.2.1")
    >>> [pipeline.run_sync(request, lambda request: Response(200)).status for _ in range(3)]
    [200, 200, 429]
    """
    limit = parse_rate(rate, burst)
    buckets = MemoryBuckets() if store is None else store
    if isinstance(buckets, SupportsCheck):
        buckets.check(limit)
    if not NAME.fullmatch(name):
        raise ValueError(f"a limit's name is letters, digits, - and _, got {name!r:.40}")

    async def count(request: Any, next: AsyncNext) -> Response:
        client = await call_by_colour(key, request)
        if client is None:
            return await next()
        try:
            taken = await buckets.take(f"{name}:{client}", limit)
        except Exception:
            if not fail_open:
                raise
            logger.exception("rate limit %s cannot count, so it lets requests pass", name)
            return await next()
        response = await next() if taken.allowed else refuse(taken)
        mark(response, name, limit, taken)
        return response

    return annotate(count, f"rate_limit({rate})")


def refuse(taken: Taken) -> Response:
    """Return the 429, which says when to come again."""
    headers = {
        "Retry-After": str(max(1, math.ceil(taken.retry_after))),
        "Content-Type": "text/plain; charset=utf-8",
    }
    return Response(429, "Too many requests", headers)


def mark(response: Response, name: str, limit: Rate, taken: Taken) -> None:
    """Say in a response what is left; the limits of several layers make a list."""
    fields = {
        "RateLimit-Policy": f'"{name}";q={limit.count};w={math.ceil(limit.seconds)}',
        "RateLimit": f'"{name}";r={taken.remaining};t={math.ceil(taken.reset_after)}',
    }
    for field, value in fields.items():
        there = response.headers.get(field)
        response.headers[field] = f"{value}, {there}" if there else value
