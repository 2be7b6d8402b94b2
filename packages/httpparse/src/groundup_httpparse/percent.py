"""Percent-encoding: RFC 3986, section 2.1.

    é  --UTF-8-->  C3 A9  --encode-->  %C3%A9

Bytes are encoded, not characters, so decoding gives bytes: what they mean is the caller's
knowledge.  A "%" that starts no escape stays what it is, as in every browser.
"""

from functools import cache

__all__ = ["percent_decode", "percent_encode"]

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
HEX = "0123456789ABCDEFabcdef"
ESCAPES = {f"{a}{b}".encode(): bytes([int(a + b, 16)]) for a in HEX for b in HEX}


def percent_decode(text: str | bytes) -> bytes:
    """Replace each escape by its byte; a str is taken as UTF-8.

    >>> percent_decode("caf%C3%a9").decode()
    'café'
    >>> percent_decode(b"100%, %zz")
    b'100%, %zz'
    """
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    first, *rest = data.split(b"%")
    pieces = [first]
    for piece in rest:
        byte = ESCAPES.get(piece[:2])
        pieces.append(b"%" + piece if byte is None else byte + piece[2:])
    return b"".join(pieces)


def percent_encode(text: str | bytes, safe: str = "") -> str:
    """Replace each byte that is not unreserved and not safe by its escape.

    >>> percent_encode("a/b é", safe="/")
    'a/b%20%C3%A9'
    """
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return "".join(map(_escapes(UNRESERVED + safe).__getitem__, data))


@cache
def _escapes(plain: str) -> list[str]:
    return [chr(byte) if chr(byte) in plain else f"%{byte:02X}" for byte in range(256)]
