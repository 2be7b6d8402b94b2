"""Encode a message once for many connections.

A room with a thousand members sends the same bytes a thousand times.  Making JSON of an object,
UTF-8 of the text and a frame of that happens once; a server's frames have no mask, so all members
can share one.  For that it is not compressed: a compressed message is only right after those that
went before it on the same connection.
"""

import json
from typing import Any

from groundup_websockets.frames import Opcode, encode_frame

__all__ = ["PreparedMessage", "encode_json", "to_message"]


def encode_json(value: Any) -> str:
    """Return a value as JSON that a browser reads.

    >>> encode_json({"user": "Zoë", "n": [1, None]})
    '{"user":"Zoë","n":[1,null]}'

    Raises:
        TypeError: JSON has nothing for one of the values.
        ValueError: A number is NaN or infinite, or the value holds itself.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_message(value: Any) -> str | bytes:
    """Return text and bytes as they are, and anything else as JSON."""
    return value if isinstance(value, str | bytes) else encode_json(value)


class PreparedMessage:
    r"""A message and the frame that a server sends for it.  Never changes; share it freely.

    >>> PreparedMessage("Hello").frame
    b'\x81\x05Hello'
    """

    __slots__ = ("frame", "message")

    def __init__(self, message: str | bytes) -> None:
        self.message = message
        if isinstance(message, str):
            self.frame = encode_frame(Opcode.TEXT, message.encode())
        else:
            self.frame = encode_frame(Opcode.BINARY, message)
