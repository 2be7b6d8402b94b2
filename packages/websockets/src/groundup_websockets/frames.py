r"""Read and write frames: RFC 6455, section 5.2.

     0               1               2       3
    +-+-+-+-+-------+-+-------------+---------------+
    |F|R|R|R| opcode|M|   length    |  0, 2 or 8    |  length < 126: that is it
    |I|S|S|S|       |A|             |  more bytes   |  126: the next two bytes are
    |N|V|V|V|       |S|   7 bits    |  of length    |  127: the next eight bytes are
    | |1|2|3|4 bits |K|             |               |
    +-+-+-+-+-------+-+-------------+---------------+
    | key: 4 bytes, when MASK is set                |  clients mask, servers do not
    +-----------------------------------------------+
    | payload                                       |
    +-----------------------------------------------+

All rules about a head are checked before a byte of its payload is waited for, so a frame that
promises too much costs its receiver nothing.

RFC 6455, section 5.4, lets anyone on the way cut a data frame into fragments where no extension
forbids it.  The parser makes use of that: a data frame of which only a part has arrived is handed
on as a fragment, and the rest as continuations.  So text is validated as it arrives, and the parser
never holds more than a head or a control frame.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple, cast

from groundup_websockets.closing import CloseCode
from groundup_websockets.errors import ProtocolError
from groundup_websockets.masking import apply_mask

__all__ = ["MAX_CONTROL", "Frame", "FrameParser", "Opcode", "encode_frame", "explain_first_byte"]

MAX_CONTROL = 125  # bytes of payload in a control frame
TWO_BYTES, EIGHT_BYTES = 126, 127  # lengths that say how many bytes of length follow
FIN, RSV1, RSV, MASK = 0x80, 0x40, 0x70, 0x80
MAX_TWO_BYTES = 0xFFFF


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10

    @property
    def is_control(self) -> bool:
        """Whether frames of this kind may stand between the fragments of a message."""
        return self >= Opcode.CLOSE


class Frame(NamedTuple):
    """One frame, unmasked."""

    opcode: Opcode
    payload: bytes = b""
    fin: bool = True
    rsv1: bool = False


# Twice as fast as calling the class, on a path where that counts.
new_frame: "Callable[[type[Frame], tuple[Opcode, bytes, bool, bool]], Frame]"
new_frame = cast("Any", tuple).__new__


class Shape(NamedTuple):
    """What a first byte says."""

    opcode: Opcode
    fin: bool
    rsv1: bool
    control: bool


CONTINUATION = Opcode.CONTINUATION  # a global name is found faster than a member
OPCODES = {int(opcode): opcode for opcode in Opcode}

# Every first byte that is right in itself: no RSV2 and RSV3, a known opcode, control frames whole
# and without RSV1, which marks the first frame of a compressed message.
SHAPES = {
    (FIN if fin else 0) | (RSV1 if rsv1 else 0) | opcode: Shape(
        opcode, fin, rsv1, opcode.is_control
    )
    for opcode in Opcode
    for fin in (False, True)
    for rsv1 in (False, True)
    if not (opcode.is_control and (rsv1 or not fin)) and not (opcode == 0 and rsv1)
}


def explain_first_byte(first: int) -> str:
    """Return which rule a first byte breaks that is not in the table."""
    opcode = OPCODES.get(first & 0x0F)
    if first & RSV and (first & (RSV ^ RSV1) or opcode is None or opcode.is_control or not opcode):
        return f"reserved bits must be zero, got {first & RSV:#04x} in the first byte {first:#04x}"
    if opcode is None:
        return f"an opcode must be 0, 1, 2, 8, 9 or 10, got {first & 0x0F}"
    return f"a control frame must not be fragmented, got a {opcode.name} without FIN"


class FrameParser:
    r"""Turn bytes into frames, and refuse what breaks a rule of framing.

    >>> parser = FrameParser(masked=True)
    >>> parser.feed(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
    >>> parser.next_frame()
    Frame(opcode=<Opcode.TEXT: 1>, payload=b'Hello', fin=True, rsv1=False)

    Args:
        masked: Whether the peer must mask: true for a server, false for a client.
        max_message: The most bytes that one message may have, over all its fragments.
        compressed: Whether an extension gives RSV1 a meaning.
    """

    __slots__ = (
        *("_at", "_compressed", "_data", "_fin", "_fragmented", "_key", "_left", "_limit"),
        *("_mask_bit", "_max_message", "_opcode", "_rsv1", "_size"),
    )

    def __init__(
        self, *, masked: bool, max_message: int = 1024 * 1024, compressed: bool = False
    ) -> None:
        self._mask_bit = MASK if masked else 0
        self._max_message = max_message
        self._compressed = compressed
        self._data = b""
        self._at = 0  # where in the data the next frame starts
        self._fragmented = False  # a message has begun and not ended
        self._size = 0  # bytes of the message so far, the whole current frame included
        self._limit = max_message
        # The data frame that is handed on in pieces:
        self._left = 0  # bytes of it that have not arrived
        self._key = b""
        self._opcode = Opcode.CONTINUATION
        self._fin = self._rsv1 = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the wire."""
        rest = self._data[self._at :] if self._at < len(self._data) else b""
        self._data = rest + data if rest else data
        self._at = 0

    def next_frame(self) -> Frame | None:
        """Return the next frame, or the part of it that is there, or None to wait for more bytes.

        Raises:
            ProtocolError: The bytes break a rule, or promise a message that is too big.  Nothing
                that follows can be understood.
        """
        if self._left:
            return self._next_piece()
        head = self._read_head()
        if head is None:
            return None
        (opcode, fin, rsv1, control), start, length = head
        data, key = self._data, b""
        if self._mask_bit:
            key = data[start : start + 4]
            start += 4
        end = start + length
        if end > len(data):
            if control or start > len(data):
                return None
            self._enter(opcode, length, fin=fin, rsv1=rsv1)
            self._opcode, self._fin, self._rsv1 = opcode, fin, rsv1
            self._left, self._key, self._at = length, key, start
            return self._next_piece()
        if not control:
            self._enter(opcode, length, fin=fin, rsv1=rsv1)
        self._at = end
        payload = apply_mask(data, key, start, end) if key else data[start:end]
        return new_frame(Frame, (opcode, payload, fin, rsv1))

    def _read_head(self) -> tuple[Shape, int, int] | None:
        """Return the next shape, where the key or else the payload starts, and the length."""
        data, start = self._data, self._at + 2
        if len(data) < start:
            return None
        shape, second = SHAPES.get(data[start - 2]), data[start - 1]
        if shape is None or (second ^ self._mask_bit) & MASK:
            raise self._refuse(data[start - 2])
        length = second & 0x7F
        if length > MAX_CONTROL:
            if shape.control:
                raise ProtocolError("a control frame must have at most 125 bytes, got more")
            start += 2 if length == TWO_BYTES else 8
            if len(data) < start:
                return None
            length = self._long_length(length, start)
        return shape, start, length

    def _refuse(self, first: int) -> ProtocolError:
        if first not in SHAPES:
            return ProtocolError(explain_first_byte(first))
        who = "a client must mask its frames" if self._mask_bit else "a server must not mask frames"
        return ProtocolError(f"{who}, got one with MASK {'unset' if self._mask_bit else 'set'}")

    def _long_length(self, marker: int, start: int) -> int:
        """Return the length that stands before ``start`` in two or eight bytes."""
        if marker == TWO_BYTES:
            length = int.from_bytes(self._data[start - 2 : start], "big")
            shortest = MAX_CONTROL + 1
        else:
            length = int.from_bytes(self._data[start - 8 : start], "big")
            shortest = MAX_TWO_BYTES + 1
        if length < shortest or length >> 63:
            raise ProtocolError(
                f"a length must be in its shortest form, got {length} after {marker}"
            )
        return length

    def _enter(self, opcode: Opcode, length: int, *, fin: bool, rsv1: bool) -> None:
        """Check a data frame against the message that it belongs to, and count it in."""
        if opcode is CONTINUATION:
            if not self._fragmented:
                raise ProtocolError("a continuation must follow a fragment, got one at the start")
            self._size += length
        else:
            if self._fragmented:
                raise ProtocolError(
                    f"a message must end before the next begins, got a {opcode.name} frame"
                )
            self._size, self._limit = length, self._max_message
            if rsv1:
                if not self._compressed:
                    raise ProtocolError("RSV1 must be zero: no extension was agreed upon")
                # Deflate makes longer what it cannot make shorter; what comes out of it is counted
                # again.
                self._limit += self._max_message // 1024 + 64
        if self._size > self._limit:
            raise ProtocolError(
                f"a message must have at most {self._max_message} bytes, got a frame that makes it "
                f"{self._size}",
                code=CloseCode.TOO_BIG,
            )
        self._fragmented = not fin

    def _next_piece(self) -> Frame | None:
        """Return what has arrived of a frame as a fragment."""
        piece = self._data[self._at : self._at + self._left]
        if not piece:
            return None
        size = len(piece)
        self._at += size
        self._left -= size
        if self._key:
            piece = apply_mask(piece, self._key)
            turn = size % 4  # the key goes on where this piece ended
            self._key = self._key[turn:] + self._key[:turn]
        frame = Frame(self._opcode, piece, self._fin and not self._left, self._rsv1)
        self._opcode, self._rsv1 = CONTINUATION, False
        return frame


def encode_frame(
    opcode: Opcode, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False, key: bytes = b""
) -> bytes:
    r"""Return a frame as bytes, its length in the shortest form.

    >>> encode_frame(Opcode.TEXT, b"Hello")
    b'\x81\x05Hello'
    >>> encode_frame(Opcode.TEXT, b"Hello", key=b"\x37\xfa\x21\x3d").hex(" ")
    '81 85 37 fa 21 3d 7f 9f 4d 51 58'

    Args:
        opcode: What the frame is.
        payload: Its content; at most 125 bytes in a control frame.
        fin: Whether it is the last of its message.
        rsv1: Whether the message is compressed.
        key: Four random bytes to mask with; none for a server.

    Raises:
        ValueError: A control frame that is fragmented or too long.
    """
    first = (FIN if fin else 0) | (RSV1 if rsv1 else 0) | opcode
    length = len(payload)
    if opcode >= Opcode.CLOSE and (length > MAX_CONTROL or first not in SHAPES):
        msg = f"a control frame must be whole and at most 125 bytes, got {length}"
        raise ValueError(msg)
    mask_bit = MASK if key else 0
    if length < TWO_BYTES:
        head = bytes((first, mask_bit | length))
    elif length <= MAX_TWO_BYTES:
        head = bytes((first, mask_bit | TWO_BYTES)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, mask_bit | EIGHT_BYTES)) + length.to_bytes(8, "big")
    return head + key + apply_mask(payload, key) if key else head + payload
