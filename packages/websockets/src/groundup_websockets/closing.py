r"""Read and write the payload of a close frame: RFC 6455, sections 5.5.1 and 7.4.

    03 E8 62 79 65      two bytes of code (1000), then a reason in UTF-8 ("bye")
    (nothing)           allowed too: the peer gives no code, which is told as 1005

Three codes are for telling only.  1005 (no code came), 1006 (the connection broke) and 1015 (TLS
failed) say what one side saw; a peer that writes them on the wire breaks the protocol.  So do codes
that nobody has defined: below 1000, and 1016 to 2999.  3000 to 3999 are for libraries, 4000 to 4999
for applications.
"""

from enum import IntEnum
from typing import NamedTuple

from groundup_websockets.errors import ProtocolError

__all__ = ["MAX_REASON", "Close", "CloseCode", "format_close", "may_be_sent", "parse_close"]

MAX_REASON = 123  # bytes: a control frame holds 125, the code takes two


class CloseCode(IntEnum):
    """Why a connection ends: RFC 6455, section 7.4.1, and the registry of IANA."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_CODE = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    POLICY = 1008
    TOO_BIG = 1009
    EXTENSION_MISSING = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_FAILED = 1015


TOLD_ONLY = frozenset({CloseCode.NO_CODE, CloseCode.ABNORMAL, CloseCode.TLS_FAILED})
SENDABLE = frozenset(CloseCode) - TOLD_ONLY


class Close(NamedTuple):
    """A close: its code and its reason."""

    code: int
    reason: str = ""


def may_be_sent(code: int) -> bool:
    """Return whether a code may stand in a close frame.

    >>> may_be_sent(1000), may_be_sent(4000), may_be_sent(1005), may_be_sent(2999)
    (True, True, False, False)
    """
    return code in SENDABLE or 3000 <= code <= 4999  # noqa: PLR2004 - the ranges of section 7.4.2


def parse_close(payload: bytes) -> Close:
    r"""Return what a close frame says.

    >>> parse_close(b"\x03\xe8bye")
    Close(code=1000, reason='bye')

    Raises:
        ProtocolError: The payload is not a code and a reason.
    """
    if not payload:
        return Close(CloseCode.NO_CODE)
    if len(payload) == 1:
        raise ProtocolError(f"a close code must have two bytes, got {payload!r}")
    code = int.from_bytes(payload[:2], "big")
    if not may_be_sent(code):
        raise ProtocolError(f"a close code must be one that may be sent, got {code}")
    try:
        return Close(code, payload[2:].decode())
    except UnicodeDecodeError as error:
        message = f"a close reason must be UTF-8, got {payload[2:42]!r}"
        raise ProtocolError(message, code=CloseCode.INVALID_DATA) from error


def format_close(code: int, reason: str = "") -> bytes:
    r"""Return the payload of a close frame; 1005 gives the empty one.

    >>> format_close(1000, "bye"), format_close(1005)
    (b'\x03\xe8bye', b'')

    Raises:
        ValueError: The code may not be sent, or the reason does not fit into a frame.
    """
    if code == CloseCode.NO_CODE and not reason:
        return b""
    if not may_be_sent(code):
        msg = f"a close code must be 1000 to 1014 without 1004 to 1006, or 3000 to 4999, got {code}"
        raise ValueError(msg)
    text = reason.encode()
    if len(text) > MAX_REASON:
        msg = f"a close reason must have at most {MAX_REASON} bytes of UTF-8, got {len(text)}"
        raise ValueError(msg)
    return code.to_bytes(2, "big") + text
