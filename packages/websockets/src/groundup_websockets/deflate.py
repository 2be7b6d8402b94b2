r"""Compress and inflate messages: permessage-deflate, RFC 7692, section 7.2.

    send      deflate the message, flush, and cut off the tail 00 00 FF FF that every flush leaves
    receive   put the tail back, and inflate

With *context takeover* the compressor remembers earlier messages: a chat whose messages all look
alike shrinks to almost nothing, and each connection costs memory for as long as it lasts.
Deflating takes 2^(bits + 2) + 2^(level + 9) bytes: 256 KiB with the defaults of zlib, 32 KiB with
ours, which compress small messages just as well; inflating takes 2^bits more.  Both are made when
the first message needs them.

A kilobyte can inflate to a megabyte.  So inflating stops at a limit, and that limit counts what
comes out.
"""

import zlib
from dataclasses import dataclass

from groundup_websockets.closing import CloseCode
from groundup_websockets.errors import ProtocolError

__all__ = ["MAX_BITS", "MIN_BITS", "WINDOW_BITS", "Compressor", "DeflateParameters", "Inflater"]

TAIL = b"\x00\x00\xff\xff"
# What a peer leaves after a final block (section 7.2.3.5), with the tail put back.
EMPTY_BLOCK = b"\x00" + TAIL

MIN_BITS, MAX_BITS = 8, 15  # window sizes of 256 bytes to 32 KiB
WINDOW_BITS = 12  # the one we ask for
MEMORY_LEVEL = 5
SPEED = 4  # of 1 (fast) to 9 (small)


@dataclass(frozen=True, slots=True)
class DeflateParameters:
    """What both sides agreed upon: RFC 7692, section 7.1."""

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = MAX_BITS
    client_max_window_bits: int = MAX_BITS


class Compressor:
    """Deflate the messages of one direction.

    >>> compressor = Compressor(takeover=True, bits=12)
    >>> text = b"to be or not to be"
    >>> len(text), len(compressor.compress(text)), len(compressor.compress(text))
    (18, 18, 6)
    """

    def __init__(self, *, takeover: bool, bits: int) -> None:
        self._takeover = takeover
        # zlib cannot write a raw stream for a window of 8 bits: see zlib.h, deflateInit2.
        self._bits = max(bits, MIN_BITS + 1)
        self._stream: zlib._Compress | None = None

    def compress(self, payload: bytes) -> bytes:
        """Return a message compressed."""
        stream = self._stream
        if stream is None:
            stream = zlib.compressobj(SPEED, zlib.DEFLATED, -self._bits, MEMORY_LEVEL)
        out = stream.compress(payload) + stream.flush(zlib.Z_SYNC_FLUSH)
        self._stream = stream if self._takeover else None
        return out.removesuffix(TAIL)


class Inflater:
    """Inflate the messages of one direction, piece by piece."""

    def __init__(self, *, takeover: bool, bits: int = MAX_BITS) -> None:
        self._takeover = takeover
        # Who agreed to 8 bits and uses zlib writes with 9: see zlib.h, deflateInit2.
        self._bits = max(bits, MIN_BITS + 1)
        self._stream: zlib._Decompress | None = None
        self._final = bytearray()  # what came after a block that said it was the last

    def inflate(self, piece: bytes, *, last: bool, room: int) -> bytes:
        """Return the content of the next piece of a message.

        Args:
            piece: What arrived.
            last: Whether the message ends with it.
            room: How many bytes may come out.

        Raises:
            ProtocolError: More would come out (1009), or the stream is broken (1007).
        """
        if self._stream is None:
            self._stream = zlib.decompressobj(-self._bits)
        data = piece + TAIL if last else piece
        stream, was_final = self._stream, self._stream.eof
        try:
            # A limit of 0 would mean "none": ask for one byte more than allowed.
            content = b"" if was_final else stream.decompress(data, room + 1)
        except zlib.error as error:
            message = "a compressed message must be a deflate stream, got broken data"
            raise ProtocolError(message, code=CloseCode.INVALID_DATA) from error
        if len(content) > room:
            message = "a message must not inflate beyond the limit of its size, got more"
            raise ProtocolError(message, code=CloseCode.TOO_BIG)
        if stream.eof:
            self._skip_after_final(data if was_final else stream.unused_data)
        if last and (stream.eof or not self._takeover):
            self._stream = None
            self._final.clear()
        return content

    def _skip_after_final(self, rest: bytes) -> None:
        """Let an empty block pass after the final one, and nothing else."""
        self._final += rest[: len(EMPTY_BLOCK) + 1]
        if not EMPTY_BLOCK.startswith(self._final):
            message = "a compressed message must end with its final block, got more data"
            raise ProtocolError(message, code=CloseCode.INVALID_DATA)
