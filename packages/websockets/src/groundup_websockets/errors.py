"""The errors of this package: a refused handshake, a broken rule, a connection that is gone."""

from collections.abc import Mapping

__all__ = [
    "ConnectionClosed",
    "HandshakeError",
    "ProtocolError",
    "RoomLimitError",
    "WebSocketError",
]


class WebSocketError(Exception):
    """What all errors of this package have in common."""


class HandshakeError(WebSocketError):
    """The HTTP request, or the answer to it, does not open a WebSocket.

    ``status`` and ``headers`` are what a server answers with.
    """

    def __init__(
        self, message: str, *, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers: Mapping[str, str] = dict(headers or {})


class ProtocolError(WebSocketError, ValueError):
    """The peer broke a rule of RFC 6455.  ``code`` is the close code that tells it which."""

    def __init__(self, message: str, *, code: int = 1002) -> None:
        super().__init__(message)
        self.code = code


class ConnectionClosed(WebSocketError, ConnectionError):  # noqa: N818 - not always an error
    """Nothing can be sent any more.  ``code`` and ``reason`` say how the connection ended."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"the connection is closed: {code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class RoomLimitError(WebSocketError):
    """A room, or the house, is full.  A handler that lets it through closes with 1013."""

    close_code = 1013
