"""Turn passwords into what may be stored: bcrypt over HMAC-SHA-256.

    password ─► NFKC, UTF-8 ─► HMAC-SHA-256, keyed with the salt ─► base64, 44 bytes ─► bcrypt
    stored:     bcrypt-hmac-sha256$2b$12$<22 characters of salt><31 characters of hash>

bcrypt alone reads 72 bytes and no further, and stops at a NUL byte: two long passwords with the
same beginning would be one.  So it gets a digest, whose base64 form has no NUL and fits.  Why HMAC
and not bare SHA-256: whoever holds a list of SHA-256 hashes stolen elsewhere could feed those to
bcrypt and learn which of them are used here, without ever knowing a password ("shucking").  Keyed
with the salt, no digest made elsewhere fits.
"""

import base64
import hashlib
import hmac
import unicodedata

import bcrypt

from groundup_auth.errors import ConfigurationError

__all__ = ["MAX_PASSWORD", "PasswordHasher"]

MAX_PASSWORD = 1024  # characters; normalising a megabyte of them would be an attack on the CPU
SCHEME = "bcrypt-hmac-sha256"
SALT_LENGTH = 29  # "$2b$12$" and 22 characters
PLAIN = ("$2a$", "$2b$", "$2y$")  # what other systems store
PLAIN_LIMIT = 72
MIN_COST, MAX_COST = 4, 31


class PasswordHasher:
    """Hash and check passwords.  May be shared between threads; each call takes a quarter second.

    Args:
        cost: The logarithm of the work: 13 takes twice as long as 12.  Hashes with another cost
            are still understood, and ``needs_rehash`` says so.

    >>> hasher = PasswordHasher(cost=4)
    >>> stored = hasher.hash("correct horse battery staple")
    >>> hasher.verify("correct horse battery staple", stored), hasher.verify("wrong", stored)
    (True, False)
    """

    def __init__(self, cost: int = 12) -> None:
        if not MIN_COST <= cost <= MAX_COST:
            raise ConfigurationError(
                f"bcrypt cost must be from {MIN_COST} to {MAX_COST}, got {cost}"
            )
        self._cost = cost
        # Looks like a hash and costs as much to check, and no password has it.
        self._nobody = SCHEME + bcrypt.gensalt(cost).decode() + "." * 31

    def hash(self, password: str) -> str:
        """Return what to store for a password, with a salt of its own."""
        salt = bcrypt.gensalt(self._cost)
        return SCHEME + bcrypt.hashpw(digest(password, salt), salt).decode()

    def verify(self, password: str, stored: str | None) -> bool:
        """Return whether the password is the one that was hashed.

        Args:
            password: What was typed.
            stored: What ``hash`` returned, or a plain bcrypt hash of another system.  None for an
                account that does not exist: it takes as long, and the answer is False.
        """
        if stored is None or len(password) > MAX_PASSWORD:
            self._check("", self._nobody)
            return False
        return self._check(password, stored)

    def needs_rehash(self, stored: str) -> bool:
        """Return whether a hash should be made anew at the next log-in."""
        scheme, _, rest = stored.partition("$")
        return scheme != SCHEME or not rest.startswith(f"2b${self._cost:02}$")

    def _check(self, password: str, stored: str) -> bool:
        try:
            if stored.startswith(PLAIN):
                return bcrypt.checkpw(encode(password)[:PLAIN_LIMIT], stored.encode())
            scheme, dollar, rest = stored.partition("$")
            if scheme != SCHEME:
                return False
            hashed = (dollar + rest).encode()
            return bcrypt.checkpw(digest(password, hashed[:SALT_LENGTH]), hashed)
        except ValueError:  # not a hash, or a NUL byte for one that cannot have it
            return False


def digest(password: str, salt: bytes) -> bytes:
    """Return 44 bytes that stand for the whole password."""
    return base64.b64encode(hmac.digest(salt, encode(password), hashlib.sha256))


def encode(password: str) -> bytes:
    """Return the bytes of a password, the same for every keyboard: NIST SP 800-63B, 3.1.1.2."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
