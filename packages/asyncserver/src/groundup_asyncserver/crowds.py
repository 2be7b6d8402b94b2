"""Count connections by where they come from, so that one address cannot have them all.

    192.0.2.7              192.0.2.7
    2001:db8:1:2:3:4:5:6   2001:db8:1:2::/64

Whoever has one IPv6 address has its whole /64, more addresses than could ever be counted; so those
are one crowd.  Unix sockets have no addresses and are never crowded.
"""

import socket
from collections import Counter

from groundup_messages import Address

__all__ = ["Crowds", "crowd_of"]

NETWORK = 8  # bytes of an IPv6 address that name a network


class Crowds:
    """How many connections each address has.  Belongs to one event loop.

    >>> crowds = Crowds()
    >>> crowds.add(Address("192.0.2.7", 1))
    >>> crowds.add(Address("192.0.2.7", 2))
    >>> crowds.size(Address("192.0.2.7", 3)), crowds.size(Address("192.0.2.8", 1))
    (2, 0)
    """

    def __init__(self) -> None:
        self._sizes: Counter[bytes | str] = Counter()

    def size(self, client: Address | None) -> int:
        """Return how many there are from where this one is."""
        crowd = crowd_of(client)
        return 0 if crowd is None else self._sizes[crowd]

    def add(self, client: Address | None) -> None:
        """Count one more."""
        if (crowd := crowd_of(client)) is not None:
            self._sizes[crowd] += 1

    def discard(self, client: Address | None) -> None:
        """Count one less; of those that are gone nothing is kept."""
        if (crowd := crowd_of(client)) is not None:
            self._sizes[crowd] -= 1
            if self._sizes[crowd] <= 0:
                del self._sizes[crowd]


def crowd_of(client: Address | None) -> bytes | str | None:
    """Return what an address has in common with its neighbours, None when it has no port.

    >>> crowd_of(Address("192.0.2.7", 80)), crowd_of(Address("/run/a.sock"))
    ('192.0.2.7', None)
    """
    if client is None or client.port is None:
        return None
    if ":" not in client.host:
        return client.host
    try:
        packed = socket.inet_pton(socket.AF_INET6, client.host.partition("%")[0])
    except OSError:  # of a transport that has addresses of its own kind
        return client.host
    return packed[:NETWORK]
