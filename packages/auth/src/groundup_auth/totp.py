"""Compute the codes that an authenticator app shows: TOTP, RFC 6238, over HOTP, RFC 4226.

    step = seconds since 1970 // 30                        56666666
    mac  = HMAC-SHA-1(secret, step as 8 bytes)             20 bytes
    code = 31 bits of mac, from where its last 4 say       1284755224
           modulo 10**6                                    "755224"

A code is good for its step, and for one step before and after: clocks differ, and people type
slowly.  It is good once.  Whoever reads it over a shoulder has up to ninety seconds otherwise, so
the last step that was used is remembered, and only a later one is taken (RFC 6238, section 5.2).
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from typing import Any
from urllib.parse import quote, urlencode

__all__ = ["STEP", "find_step", "format_uri", "generate_secret", "render_qr", "totp_code"]

STEP = 30  # seconds
DIGITS = 6
WINDOW = 1  # steps, to both sides
SECRET_BYTES = 20  # RFC 4226, section 4, R6
MASK = 0x7FFFFFFF


def generate_secret() -> str:
    """Return a new shared secret: 160 bits in base32, as apps want it typed."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def totp_code(secret: str, step: int) -> str:
    """Return the code of a step.

    >>> totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // STEP)  # RFC 6238, appendix B
    '287082'
    """
    key = base64.b32decode(secret)
    mac = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & MASK
    return f"{number % 10**DIGITS:0{DIGITS}}"


def find_step(secret: str, code: str, now: float) -> int | None:
    """Return the step that a code belongs to, or None if it is of none near ``now``.

    The caller still has to check that the step was not used before.
    """
    typed = "".join(unicodedata.normalize("NFKC", code[:64]).split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    current = int(now) // STEP
    # All of them, always: the time must not tell how far off a clock is.
    found = [
        step
        for step in range(max(0, current - WINDOW), current + WINDOW + 1)
        if hmac.compare_digest(totp_code(secret, step), typed)
    ]
    return found[-1] if found else None


def format_uri(secret: str, account: str, issuer: str) -> str:
    """Return the ``otpauth`` URI that an app reads from a QR code.

    >>> format_uri("GEZDGNBV", "alice@example.com", "The Site")
    'otpauth://totp/The%20Site:alice%40example.com?secret=GEZDGNBV&issuer=The%20Site'
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def render_qr(uri: str) -> str:
    """Return a QR code as SVG, to be put into a page as it is.

    Raises:
        ImportError: The extra ``qr`` is not installed.
    """
    try:
        import segno  # noqa: PLC0415 - an extra: the secret can also be typed
    except ImportError:
        msg = "QR codes need the extra: pip install 'groundup-auth[qr]'"
        raise ImportError(msg) from None
    code: Any = segno.make(uri, micro=False)
    svg: str = code.svg_inline(scale=4, border=4)
    return svg
