"""Make session ids, and the keys that stand for them in a store.

    id    256 random bits, 43 characters of base64    in the cookie, and nowhere else
    key   SHA-256 of the id, 64 of hexadecimal        in memory, file names, Redis

Whoever reads the store, a backup or a listing of the folder finds keys, and no key is an id.  A
plain hash is enough: nobody guesses 256 bits.  The look-up by the hash also takes away what could
be learned from the time that a comparison takes.
"""

import hashlib
import re
import secrets

__all__ = ["ID_LENGTH", "find_key", "generate_id"]

ID_LENGTH = 43
ID = re.compile(rf"[A-Za-z0-9_-]{{{ID_LENGTH}}}")


def generate_id() -> str:
    """Return a new id.

    >>> len(generate_id())
    43
    """
    return secrets.token_urlsafe(32)


def find_key(session_id: object) -> str | None:
    """Return the key of an id, or None for what cannot be one: whatever a cookie may hold.

    >>> find_key("../../etc/passwd")
    """
    if not isinstance(session_id, str) or ID.fullmatch(session_id) is None:
        return None
    return hashlib.sha256(b"groundup-sessions id\0" + session_id.encode()).hexdigest()
