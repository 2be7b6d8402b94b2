"""What can go wrong on a connection, and before there is one.

    ListenError       the address cannot be listened on: says why, and the way out
    ConnectionClosed  the other end is gone, or has said all that it will say
    IdleTimeout       the other end is silent, or does not read, for too long
    LimitExceeded     the other end sends more than was asked for

The last three reach a handler at the line that reads or sends.  One that lets them pass ends its
conversation, and nobody calls that a failure: it is what clients do.
"""

__all__ = ["ConnectionClosed", "IdleTimeout", "LimitExceeded", "ListenError", "TCPServerError"]


class TCPServerError(OSError):
    """The one error of this package, and the tree under it."""


class ListenError(TCPServerError):
    """The server cannot listen where it was told to; the text is one line for a person."""


class ConnectionClosed(TCPServerError, ConnectionError):  # noqa: N818 - says what happened
    """No more bytes will come, or none can be sent.

    ``partial`` holds what had arrived of that which was asked for.
    """

    def __init__(self, message: str, partial: bytes = b"") -> None:
        super().__init__(message)
        self.partial = partial


class IdleTimeout(TCPServerError, TimeoutError):  # noqa: N818 - a kind of TimeoutError
    """Not one byte has moved for the idle time."""


class LimitExceeded(TCPServerError):  # noqa: N818 - says what happened
    """What was asked for is longer than it may be."""
