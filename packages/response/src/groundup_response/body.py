"""What may be the content of a response, and the bytes of it.

    bytes, str                  sent in one piece, its length known
    Iterable of bytes or str    a stream: pieces are made while others are on their way
    AsyncIterable of the same   a stream that waits without holding a thread
    FileBody                    an Iterable that also knows its length (module files)

A mapping is iterable too, and would go out as its keys run together.  Nobody means that, so it is
refused with the advice that was probably needed.
"""

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

from groundup_response.errors import BodyError

__all__ = ["Body", "BodyInput", "LengthGuard", "Piece", "check_body", "encode_piece"]

Piece = bytes | str
Body = bytes | Iterable[Piece] | AsyncIterable[Piece]
BodyInput = str | bytes | Iterable[Piece] | AsyncIterable[Piece]


def check_body(body: BodyInput) -> Body:
    r"""Return a body as bytes, or the stream as it came.

    >>> check_body("é")
    b'\xc3\xa9'

    Raises:
        TypeError: It is nothing that can be sent.
    """
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    if isinstance(body, Mapping):
        raise TypeError("body must be text, bytes or a stream, got a mapping: format it as JSON")
    if isinstance(body, Iterable | AsyncIterable):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
        return body
    kind: Any = type(body)
    raise TypeError(f"body must be text, bytes or a stream of them, got {kind.__name__}")


def encode_piece(piece: Piece) -> bytes:
    """Return one piece of a stream as bytes; text as UTF-8.

    Raises:
        TypeError: The stream gave something else, an int out of a ``bytearray`` perhaps.
    """
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
        return piece.encode("utf-8")
    if isinstance(piece, bytearray | memoryview):
        return bytes(piece)
    raise TypeError(f"a stream must give bytes or str, got {type(piece).__name__}")


class LengthGuard:
    """Count the bytes of a stream against the length that its head announced.

    A byte too many would be read as the start of the next response, a byte too few leaves the
    client waiting for it.  Both are errors *before* the wrong byte is sent.  Not shared: one guard
    for one body.

    >>> guard = LengthGuard(4)
    >>> guard.add(b"four")
    b'four'
    >>> guard.finish()
    """

    __slots__ = ("expected", "left")

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.left = expected

    def add(self, data: bytes) -> bytes:
        """Return the data when there was room for it.

        Raises:
            BodyError: The stream is longer than announced.
        """
        self.left -= len(data)
        if self.left < 0:
            raise BodyError(f"stream must have {self.expected} bytes, got {-self.left} more")
        return data

    def finish(self) -> None:
        """Say that the stream has ended.

        Raises:
            BodyError: It is shorter than announced.  Close the connection: the client still waits.
        """
        if self.left > 0:
            raise BodyError(f"stream must have {self.expected} bytes, ended {self.left} early")
