"""Read what proxies say of a request: RFC 7239, and the fields that were there before it.

    Forwarded: for="[2001:db8::7]:4711";proto=https;host=example.com, for=10.0.0.2
               └─ the first proxy wrote this element ─────────────┘  └─ the second one this

    X-Forwarded-For: 2001:db8::7, 10.0.0.2      the same in lists of their own,
    X-Forwarded-Proto: https, http              or one value that the last proxy set
    X-Forwarded-Host: example.com

Each proxy adds at the end, and everything left of a proxy's own element may be an attacker's.  So
``Forwarded`` is refused as a whole if it breaks the grammar anywhere: a quotation mark that the
client opened could swallow what our own proxy has written.
"""

import functools
import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from groundup_compose.errors import ForwardedError
from groundup_middleware import HeadersLike

__all__ = ["Hop", "Node", "parse_forwarded", "parse_node", "read_forwarded", "read_x_forwarded"]

MAX_HOPS = 32
MAX_PORT = 65_535
MAX_REMEMBERED = 1024  # addresses that need not be read again: a client sends many requests

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a grammar, no secret
QUOTED = r'"(?:[^"\\]|\\.)*+"'
# One pair and what ends it.  Possessive (*+), so that a run of blanks takes linear time.
PAIR = re.compile(rf"[ \t]*+(?:({TOKEN})=({TOKEN}|{QUOTED})[ \t]*+)?([,;]|\Z)")
NODE = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15}))(?::([0-9]{1,5}))?")


class Node(NamedTuple):
    """An address, and its port if it is known."""

    host: str
    port: int | None = None


class Hop(NamedTuple):
    """What one proxy says of the connection that it got the request from; None: nothing."""

    node: str | None = None
    scheme: str | None = None
    host: str | None = None


def read_forwarded(headers: HeadersLike) -> list[Hop]:
    """Return the hops of ``Forwarded``, the client's first.

    Raises:
        ForwardedError: The field is not what RFC 7239 describes.
    """
    elements = parse_forwarded(headers.get("Forwarded") or "")
    return [Hop(one.get("for"), one.get("proto"), one.get("host")) for one in elements]


def parse_forwarded(value: str) -> list[dict[str, str]]:
    """Return the elements of ``Forwarded``: RFC 7239, section 4.

    >>> parse_forwarded('for="[2001:db8::7]:4711";Proto=https, for=10.0.0.2')
    [{'for': '[2001:db8::7]:4711', 'proto': 'https'}, {'for': '10.0.0.2'}]

    Raises:
        ForwardedError: It breaks the grammar, or has too many elements.
    """
    elements: list[dict[str, str]] = [{}]
    position = 0
    while position < len(value):
        match = PAIR.match(value, position)
        if match is None:
            raise ForwardedError(
                f"Forwarded must be name=value pairs, got {value[position:][:40]!r}"
            )
        add_pair(elements[-1], match)
        if match[3] == ",":
            elements.append({})
        if len(elements) > MAX_HOPS:
            raise ForwardedError(f"Forwarded must not name more than {MAX_HOPS} hops")
        position = match.end()
    return [element for element in elements if element]


def add_pair(element: dict[str, str], match: re.Match[str]) -> None:
    """Add a pair to its element, where each name stands once."""
    if match[1] is None:
        return
    name, text = match[1].lower(), match[2]
    if name in element:
        raise ForwardedError(f"Forwarded must say {name!r:.40} once for each hop")
    element[name] = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def read_x_forwarded(headers: HeadersLike) -> list[Hop]:
    """Return the hops of the ``X-Forwarded`` fields, the client's first.

    Raises:
        ForwardedError: There are too many.
    """
    nodes = split_list(headers.get("X-Forwarded-For"))
    schemes = spread(split_list(headers.get("X-Forwarded-Proto")), len(nodes))
    hosts = spread(split_list(headers.get("X-Forwarded-Host")), len(nodes))
    if not nodes:
        return [Hop(None, schemes[-1], hosts[-1])] if schemes[-1] or hosts[-1] else []
    return [Hop(*values) for values in zip(nodes, schemes, hosts, strict=True)]


def split_list(value: str | None) -> list[str]:
    """Return the items of a field that is a list."""
    items = [item.strip(" \t") for item in (value or "").split(",", MAX_HOPS)]
    if len(items) > MAX_HOPS:
        raise ForwardedError(f"X-Forwarded fields must not name more than {MAX_HOPS} hops")
    return [item for item in items if item]


def spread(values: list[str], count: int) -> list[str | None]:
    """Return a value for each hop.

    Proxies that add to one list and overwrite the other leave lists of different lengths.  Then the
    last value counts for all: our own proxy wrote that one.
    """
    if values and len(values) == count:
        return [*values]
    return [values[-1] if values else None] * max(count, 1)


@functools.lru_cache(MAX_REMEMBERED)
def parse_node(text: str) -> Node | None:
    """Return the address of a hop, or None for ``unknown``, a secret name or nonsense.

    >>> parse_node("[2001:db8::7]:4711"), parse_node("::ffff:192.0.2.1"), parse_node("_hidden")
    (Node(host='2001:db8::7', port=4711), Node(host='192.0.2.1', port=None), None)
    """
    match = NODE.fullmatch(text)
    address = parse_address((match[1] or match[2]) if match else text)
    if address is None:
        return None
    port = int(match[3]) if match and match[3] else None
    return Node(str(address), port if port is not None and port <= MAX_PORT else None)


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address, one of IPv4 as such also if IPv6 wraps it, or None."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def parse_networks(
    names: Iterable[str],
) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return networks (``10.0.0.0/8``) and addresses as networks, or say which one is neither."""
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
    for name in names:
        try:
            networks.append(ipaddress.ip_network(name))
        except ValueError as error:
            msg = f'a peer must be an address, a network or "unix", got {name!r:.60}: {error}'
            raise ValueError(msg) from None
    return networks
