"""Put messages together from frames: RFC 6455, section 5.4, and RFC 7692, section 6.2.

    TEXT fin=0 "Hel"     CONTINUATION fin=0 "l"     CONTINUATION fin=1 "o"      ──►  "Hello"

A message that fits into one frame, which most do, takes the short way.  All others are collected in
one buffer, so a million fragments of one byte cost no more than a megabyte.  Text is validated
piece by piece, after inflating: a peer that sends what is no text hears so at once.
"""

from groundup_websockets.deflate import Inflater
from groundup_websockets.frames import Frame, Opcode
from groundup_websockets.utf8 import Utf8Validator, decode_text

__all__ = ["MessageAssembler"]


# Global names are found faster than members.
CONTINUATION, TEXT = Opcode.CONTINUATION, Opcode.TEXT


class MessageAssembler:
    """Turn data frames, in an order that `FrameParser` has checked, into messages.

    >>> assembler = MessageAssembler()
    >>> assembler.add(Frame(Opcode.TEXT, b"Hel", fin=False))
    >>> assembler.add(Frame(Opcode.CONTINUATION, b"lo"))
    'Hello'
    """

    __slots__ = ("_buffer", "_inflater", "_inflating", "_max_message", "_text", "_validator")

    def __init__(self, *, max_message: int = 1024 * 1024, inflater: Inflater | None = None) -> None:
        self._max_message = max_message
        self._inflater = inflater
        self._buffer = bytearray()
        self._inflating: Inflater | None = None  # the message in progress is compressed
        self._text = False
        self._validator: Utf8Validator | None = None

    def add(self, frame: Frame) -> str | bytes | None:
        """Return the message that ends with this frame, or None when it goes on.

        Raises:
            ProtocolError: Text is not UTF-8 (1007), or compressed data is broken or too big.
        """
        opcode, payload, fin, rsv1 = frame
        if opcode is not CONTINUATION:
            if fin and not rsv1:
                return decode_text(payload) if opcode is TEXT else payload
            self._text = opcode is TEXT
            self._validator = Utf8Validator() if self._text else None
            self._inflating = self._inflater if rsv1 else None
        if self._inflating is not None:
            room = self._max_message - len(self._buffer)
            payload = self._inflating.inflate(payload, last=fin, room=room)
        if self._validator is not None:
            self._validator.feed(payload, last=fin)
        self._buffer += payload
        return self._finish() if fin else None

    def _finish(self) -> str | bytes:
        buffer, self._buffer = self._buffer, bytearray()
        return buffer.decode() if self._text else bytes(buffer)
