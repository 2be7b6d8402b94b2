"""One end of a connection."""

from typing import NamedTuple

__all__ = ["Address"]


class Address(NamedTuple):
    """A host and a port, as sockets name them; the port is None for a Unix socket.

    >>> str(Address("127.0.0.1", 8000)), str(Address("::1", 8000)), str(Address("/run/a.sock"))
    ('127.0.0.1:8000', '[::1]:8000', '/run/a.sock')
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"
