"""What can go wrong in a server that is nobody's mistake in a handler.

    ListenError       the address cannot be served: says why, and the way out
    WorkerError       the worker processes cannot start
    Disconnected      the client went away in the middle of its body
    BodyTimeout       the client is too slow with its body: 408

The last two reach a handler only where it reads a body or makes a stream.
"""

from typing import ClassVar

__all__ = ["BodyTimeout", "Disconnected", "ListenError", "WorkerError"]


class ListenError(OSError):
    """The server cannot listen where it was told to; the text is one line for a person."""


class WorkerError(RuntimeError):
    """A worker process ended before it could serve."""


class Disconnected(ConnectionError):  # noqa: N818 - says what happened, as ConnectionReset does
    """The client closed the connection before the end of its request's body."""


class BodyTimeout(TimeoutError):  # noqa: N818 - a kind of TimeoutError
    """The client sends its body too slowly, or has stopped; answer it with ``status``."""

    status: ClassVar[int] = 408
