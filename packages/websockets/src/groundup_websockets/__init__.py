"""WebSockets: RFC 6455 as a sans-I/O protocol, an asyncio connection, and rooms.

`accept` answers a handshake and `WebSocketProtocol` runs a handler on the connection; the handler
holds a `WebSocket`.  `Rooms` let many hear the same, `RedisRooms`
in many processes.  `connect` is the client.  Below them,
`Endpoint` speaks the protocol without a socket, for any kind of server.

Names are imported when they are asked for: a server waits at its start for rooms and limits, and
for the protocol at the first handshake.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundup_websockets.client import connect
    from groundup_websockets.closing import Close, CloseCode
    from groundup_websockets.config import WebSocketConfig
    from groundup_websockets.connection import Connection
    from groundup_websockets.deflate import DeflateParameters
    from groundup_websockets.errors import (
        ConnectionClosed,
        HandshakeError,
        ProtocolError,
        RoomLimitError,
        WebSocketError,
    )
    from groundup_websockets.explain import explain_frame
    from groundup_websockets.frames import Frame, FrameParser, Opcode, encode_frame
    from groundup_websockets.handshake import (
        Acceptance,
        HeadersLike,
        Offer,
        accept,
        accept_token,
        check_answer,
        request_headers,
    )
    from groundup_websockets.masking import apply_mask
    from groundup_websockets.prepared import PreparedMessage
    from groundup_websockets.protocol import (
        CloseReceived,
        Endpoint,
        Event,
        Failure,
        Ping,
        Pong,
        Role,
    )
    from groundup_websockets.redis import RedisRooms
    from groundup_websockets.rooms import Room, Rooms
    from groundup_websockets.server import WebSocketProtocol
    from groundup_websockets.websocket import WebSocket

__all__ = [
    "Acceptance",
    "Close",
    "CloseCode",
    "CloseReceived",
    "Connection",
    "ConnectionClosed",
    "DeflateParameters",
    "Endpoint",
    "Event",
    "Failure",
    "Frame",
    "FrameParser",
    "HandshakeError",
    "HeadersLike",
    "Offer",
    "Opcode",
    "Ping",
    "Pong",
    "PreparedMessage",
    "ProtocolError",
    "RedisRooms",
    "Role",
    "Room",
    "RoomLimitError",
    "Rooms",
    "WebSocket",
    "WebSocketConfig",
    "WebSocketError",
    "WebSocketProtocol",
    "accept",
    "accept_token",
    "apply_mask",
    "check_answer",
    "connect",
    "encode_frame",
    "explain_frame",
    "request_headers",
]

if not TYPE_CHECKING:
    PLACES = {
        "client": ("connect",),
        "closing": ("Close", "CloseCode"),
        "config": ("WebSocketConfig",),
        "connection": ("Connection",),
        "deflate": ("DeflateParameters",),
        "errors": (
            "ConnectionClosed",
            "HandshakeError",
            "ProtocolError",
            "RoomLimitError",
            "WebSocketError",
        ),
        "explain": ("explain_frame",),
        "frames": ("Frame", "FrameParser", "Opcode", "encode_frame"),
        "handshake": (
            "Acceptance",
            "HeadersLike",
            "Offer",
            "accept",
            "accept_token",
            "check_answer",
            "request_headers",
        ),
        "masking": ("apply_mask",),
        "prepared": ("PreparedMessage",),
        "protocol": ("CloseReceived", "Endpoint", "Event", "Failure", "Ping", "Pong", "Role"),
        "redis": ("RedisRooms",),
        "rooms": ("Room", "Rooms"),
        "server": ("WebSocketProtocol",),
        "websocket": ("WebSocket",),
    }
    MODULES = {name: module for module, names in PLACES.items() for name in names}

    def __getattr__(name):  # noqa: ANN001, ANN202 - the imports above tell the types
        """Import a name from its module."""
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():  # noqa: ANN202 - as above
        """Return all names, also of what was not asked for yet."""
        return sorted({*globals(), *__all__})
