"""Answer only requests that name one of our hosts: RFC 9110, section 7.2.

The host is what the client wrote.  A framework that builds links from it (in a mail with a reset
token, say) sends its users wherever an attacker likes, and caches keep such pages.

What is checked is ``request.host``, which such links are built from: the target of a request may
name a host too, and wins over the field, and a proxy may name another one (`proxy_headers`).
"""

import re
from collections.abc import Iterable
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer, RequestLike
from groundup_response import Response

__all__ = ["find_host", "trusted_hosts"]

PATTERN = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def trusted_hosts(hosts: str | Iterable[str]) -> Layer:
    """Return a layer that answers 400 to a request for another host.

    Args:
        hosts: Names (``example.com``), names with all below (``*.example.com``), addresses
            (``127.0.0.1``, ``[::1]``).  The port makes no difference.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> pipeline = Pipeline([trusted_hosts(["example.com", "*.example.com"])])
    >>> request = SimpleNamespace(headers={"Host": "evil.example"})
    >>> pipeline.run_sync(request, lambda request: Response(200)).status
    400
    """
    patterns = [hosts] if isinstance(hosts, str) else list(hosts)
    for pattern in patterns:
        if not PATTERN.fullmatch(pattern):
            msg = f"a host is a name in small letters, or *.name, without port, got {pattern!r:.60}"
            raise ValueError(msg)
    exact = {pattern for pattern in patterns if not pattern.startswith("*.")}
    below = tuple(pattern[1:] for pattern in patterns if pattern.startswith("*."))

    async def check_host(request: RequestLike, next: AsyncNext) -> Response:
        match = HOST.fullmatch(find_host(request))
        host = match[1].lower().removesuffix(".") if match else ""
        if host and (host in exact or host.endswith(below)):
            return await next()
        return Response(400, "Unknown host", {"Content-Type": "text/plain; charset=utf-8"})

    return annotate(check_host, f"trusted_hosts({', '.join(patterns)})")


def find_host(request: Any) -> str:
    """Return the host that a request is for: "" if it names none, or none that could be one.

    >>> from types import SimpleNamespace
    >>> find_host(SimpleNamespace(headers={"Host": "example.com"}))
    'example.com'
    """
    try:
        return str(request.host)
    except AttributeError:  # a request that has no view of its own
        return request.headers.get("Host") or ""
    except ValueError:
        return ""
