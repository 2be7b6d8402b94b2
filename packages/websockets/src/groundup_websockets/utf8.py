r"""Validate UTF-8 as it arrives: RFC 3629, and RFC 6455, section 8.1.

    C3 | A9         "é" may come in two pieces; after the first, nothing is wrong yet
    F4 90           beyond the last code point: wrong at its second byte, whatever follows
    C0              never the start of anything: wrong at once

The decoder of the standard library is a machine of exactly this kind.  It raises at the first byte
that cannot be right, and it keeps the start of a code point that is not complete.  With one
exception: ED A0 and above can only become half of a surrogate pair, which UTF-8 does not have, but
the decoder waits for the third byte, for the sake of callers that want such halves.
"""

import codecs

from groundup_websockets.closing import CloseCode
from groundup_websockets.errors import ProtocolError

__all__ = ["Utf8Validator", "decode_text"]

new_decoder = codecs.getincrementaldecoder("utf-8")


def not_utf8(error: UnicodeDecodeError) -> ProtocolError:
    """Return the error for bytes that are not text."""
    wrong = bytes(error.object[error.start : error.start + 4])
    return ProtocolError(f"text must be UTF-8, got {wrong!r}", code=CloseCode.INVALID_DATA)


def decode_text(payload: bytes) -> str:
    """Return the text of a whole message.

    Raises:
        ProtocolError: It is not UTF-8; code 1007.
    """
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(error) from None


class Utf8Validator:
    r"""Watch text that comes in pieces.

    >>> validator = Utf8Validator()
    >>> validator.feed(b"caf\xc3")
    >>> validator.feed(b"\xa9", last=True)
    """

    def __init__(self) -> None:
        self._decoder = new_decoder()

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next bytes.

        Raises:
            ProtocolError: No text starts like this, or it ends inside a code point; code 1007.
        """
        try:
            self._decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            raise not_utf8(error) from None
        kept = self._decoder.getstate()[0]
        if kept[:1] == b"\xed" and kept[1:2] >= b"\xa0":
            message = f"text must be UTF-8, got half of a surrogate pair: {kept!r}"
            raise ProtocolError(message, code=CloseCode.INVALID_DATA)
