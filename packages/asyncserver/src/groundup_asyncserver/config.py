"""Every number and switch of a server, with the reason for its default.

A server on the open internet is held by whoever is allowed to be slow or large.  So there is no
wait without a time-out here and no buffer without a size; each can be changed, none is forgotten.
"""

from dataclasses import dataclass, field, fields
from ssl import SSLContext

from groundup_httpparse import Limits

__all__ = ["ServerConfig"]

MAX_PORT = 65535
MAY_BE_ZERO = frozenset({"port", "grace", "disconnect_grace", "max_drain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """What a server is told once, before it starts; never changes, so share it freely.

    >>> ServerConfig(port=0, keep_alive_timeout=5).max_body
    16777216

    Raises:
        ValueError: A number is not positive, or does not fit what it is for.
    """

    host: str | None = "127.0.0.1"
    """The name or address to listen on; None for all addresses of this machine."""
    port: int = 8000
    """0 lets the system choose."""
    unix: str | None = None
    """The path of a Unix socket to listen on, in place of host and port."""
    ssl: SSLContext | None = None
    """Certificates and rules for TLS; None serves plain HTTP."""
    certificate: str | None = None
    """A PEM file with the certificate's chain, in place of ``ssl``: read again when it changes."""
    private_key: str | None = None
    """A PEM file with the certificate's key; None when both are in one file."""
    reuse_port: bool = False
    """Whether other processes may listen on the same port at the same time."""
    backlog: int = 2048
    """Connections that the system accepts before we do."""

    max_connections: int = 10_000
    """More are answered with 503 at once: about 5 KiB each, and one file descriptor."""
    max_per_address: int | None = None
    """Connections from one address (IPv6: one /64); None where all come through a proxy."""
    max_body: int = 16 * 1024 * 1024
    """Bytes of a body that the server reads for a handler."""
    max_requests: int | None = 100_000
    """Requests of one connection; with the last answer it is closed, and its client comes back to
    whichever worker has room.  None: no end."""
    max_pipelined: int = 64 * 1024
    """Bytes that are kept of a client that sends before it has been answered."""
    max_drain: int = 256 * 1024
    """Bytes of a body nobody wanted that are read away to keep the connection."""
    limits: Limits = field(default_factory=Limits)
    """Lengths and counts inside a request's head: see groundup_httpparse."""
    threads: int = 40
    """Handlers that may block at the same time, each in a thread."""

    header_timeout: float = 10.0
    """Seconds for a whole head, from the connection or from its first byte."""
    body_timeout: float = 20.0
    """Seconds to wait for the next piece of a body."""
    keep_alive_timeout: float = 15.0
    """Seconds that a connection may be idle between requests."""
    write_timeout: float = 30.0
    """Seconds in which a client must take something of its answer."""
    min_rate: int = 256
    """Bytes a second that a client must send or take once a time-out's length has passed."""
    handler_timeout: float | None = None
    """Seconds for a handler and its stream; None leaves that to the program."""
    disconnect_grace: float = 1.0
    """Seconds that a handler may go on when the client has closed its side: it may have left, or
    have said all that it had to say."""
    linger_timeout: float = 2.0
    """Seconds in which a client that is refused may read why before the connection closes."""
    grace: float = 10.0
    """Seconds that open requests get to end when the server stops."""

    def __post_init__(self) -> None:
        """Refuse numbers that would hang a server or switch it off."""
        for option in fields(self):
            value = getattr(self, option.name)
            if type(value) in {int, float}:
                low = value < 0 if option.name in MAY_BE_ZERO else value <= 0
                if low or value != value:  # noqa: PLR0124 - that is what NaN does
                    bound = "0 or more" if option.name in MAY_BE_ZERO else "more than 0"
                    raise ValueError(f"{option.name} must be {bound}, got {value!r}")
        if self.ssl is not None and self.certificate is not None:
            raise ValueError("ssl and certificate must not both be given: ssl has one already")
        if self.private_key is not None and self.certificate is None:
            raise ValueError("private_key must come with a certificate: give its file, too")
        if self.port > MAX_PORT:
            raise ValueError(f"port must be 0 to {MAX_PORT}, got {self.port}")

    @property
    def is_secure(self) -> bool:
        """Whether it is TLS that is served."""
        return self.ssl is not None or self.certificate is not None

    @property
    def tick(self) -> float:
        """Seconds between two looks at the clock: every time-out may be late by as much."""
        times = (self.header_timeout, self.body_timeout, self.keep_alive_timeout)
        more = (self.write_timeout, self.handler_timeout or 1.0, self.disconnect_grace or 1.0)
        return max(0.01, min(0.5, *times, *more, self.linger_timeout) / 4)
