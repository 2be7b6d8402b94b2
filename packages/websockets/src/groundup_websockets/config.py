"""The limits of a connection, and its patience, in one place."""

from dataclasses import dataclass

__all__ = ["WebSocketConfig"]


@dataclass(frozen=True, slots=True)
class WebSocketConfig:
    """What one connection may cost.  Times are seconds, sizes are bytes.

    >>> WebSocketConfig(max_message=16 * 1024 * 1024).ping_interval
    20.0

    Args:
        max_message: The largest message that is received, inflated and over all its fragments.
        max_queue: How many received messages wait for the handler.  With more, or with
            ``max_message`` bytes of them, nothing is read from the peer.
        write_limit: How many bytes may wait for a slow peer.  ``send`` waits long before that;
            a peer that `enqueue` finds beyond it is cut off.
        ping_interval: After how much silence the peer is asked whether it is there; 0 for never.
        ping_timeout: How long its answer may take.
        close_timeout: How long the peer may take to answer a close, and to take what is left.
        linger: How long a handler may run on after its connection is gone.
        compression: Whether what is sent is compressed, when the handshake agreed upon it.
    """

    max_message: int = 1024 * 1024
    max_queue: int = 64
    write_limit: int = 1024 * 1024
    ping_interval: float = 20.0
    ping_timeout: float = 20.0
    close_timeout: float = 10.0
    linger: float = 5.0
    compression: bool = True

    def __post_init__(self) -> None:
        for name in ("max_message", "max_queue", "write_limit", "ping_timeout", "close_timeout"):
            if getattr(self, name) <= 0:
                msg = f"{name} must be more than 0, got {getattr(self, name)!r}"
                raise ValueError(msg)
        for name in ("ping_interval", "linger"):
            if getattr(self, name) < 0:
                msg = f"{name} must not be less than 0, got {getattr(self, name)!r}"
                raise ValueError(msg)
