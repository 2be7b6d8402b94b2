r"""The words that HTTP is made of: RFC 9110, section 5.6.

    Content-Type: text/html; charset="utf-8"\r\n
    \__________/  \_______________________/
       token            field value

A token is a name without spaces or separators.  A field value is a line of visible characters,
spaces and tabs.  The bytes 0x80 to 0xFF ("obs-text") are allowed in values because old clients send
them; they are read as ISO-8859-1, which loses nothing.  Everything else, CR, LF and NUL first of
all, is where two programs begin to see two different messages, so it never passes.
"""

import re

__all__ = ["FIELD_VALUE", "TOKEN", "TOKEN_CHARACTERS", "VALUE_BYTES", "is_token", "shorten"]

TOKEN_CHARACTERS = r"!#$%&'*+\-.^_`|~0-9A-Za-z"  # noqa: S105 - no password: RFC 9110's tchar
TOKEN = re.compile(f"[{TOKEN_CHARACTERS}]+")

FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
VALUE_BYTES = b"\t" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))

SHOWN = 40  # how much of a wrong input an error message shows


def is_token(text: str) -> bool:
    """Tell whether a text is a token, as names of methods and fields must be.

    >>> is_token("Content-Type"), is_token("Content Type"), is_token("")
    (True, False, False)
    """
    return TOKEN.fullmatch(text) is not None


def shorten(text: str | bytes) -> str:
    r"""Return how an error message shows a wrong input: escaped, and cut.

    >>> shorten(b"GET\x00")
    "b'GET\\x00'"
    """
    return repr(text[:SHOWN]) + ("..." if len(text) > SHOWN else "")
