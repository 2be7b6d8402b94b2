"""Sign and read tokens: JSON Web Tokens, RFC 7519, with the advice of RFC 8725.

    {"alg": "HS256", "kid": "5f1d…", "typ": "JWT"}     which key; never which algorithm
    {"iss": "groundup", "aud": "groundup",             who made it, for whom
     "sub": "42", "sid": "kX3…",                       whose it is, and of which session
     "use": "access", "gen": 1,                        what it is for; the turn of the session
     "jti": "Qm9…", "iat": …, "nbf": …, "exp": …}      its own name and its times

The algorithm is pinned: a token that names another, ``none`` above all, is not ours.  ``use`` keeps
a refresh token from opening doors, and an access token from being refreshed.  The first key signs,
all of them verify: put a new key in front, and drop the old one when its tokens have expired.

PyJWT brings `cryptography` along, which takes as long to import as all the rest of this package.
So it waits for the first token.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from groundup_auth.errors import ConfigurationError, TokenError, TokenExpired

__all__ = ["Claims", "Secret", "TokenPair", "TokenSigner", "Use", "list_keys"]

ALGORITHM = "HS256"
MIN_KEY = 32  # bytes: RFC 7518, section 3.2
MAX_TOKEN = 2048  # characters; ours have about 400
LEEWAY = 5  # seconds that the clocks of two machines may differ
REQUIRED = ["iss", "aud", "sub", "sid", "use", "gen", "jti", "iat", "nbf", "exp"]

Use: TypeAlias = Literal["access", "refresh"]
Secret: TypeAlias = str | bytes


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token of ours says, after its signature and its times were checked."""

    user_id: int
    session_id: str
    generation: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A short-lived token for every request, and a long-lived one to get the next pair with."""

    access: str
    refresh: str
    expires_in: int
    """Seconds until the access token is over."""


class TokenSigner:
    """Make tokens, and read those it made.  May be shared between threads and tasks.

    Args:
        keys: At least 32 bytes each, such as ``secrets.token_urlsafe(32)``.  The first signs.
        issuer: Who makes the tokens.
        audience: For whom: two services with one key do not take each other's tokens.
        clock: Seconds since 1970.

    >>> signer = TokenSigner(["a key of at least thirty-two bytes"])
    >>> token = signer.sign("access", user_id=42, session_id="s", generation=1, expires_at=2**32)
    >>> signer.read(token, "access").user_id
    42
    """

    def __init__(
        self,
        keys: Sequence[Secret],
        *,
        issuer: str = "groundup",
        audience: str = "groundup",
        clock: Callable[[], float] = time.time,
    ) -> None:
        encoded = [key.encode() if isinstance(key, str) else bytes(key) for key in keys]
        if not encoded:
            raise ConfigurationError("secret must hold at least one key")
        for key in encoded:
            if len(key) < MIN_KEY:
                raise ConfigurationError(
                    f"secret must have at least {MIN_KEY} bytes, got {len(key)}: "
                    "make one with secrets.token_urlsafe(32)"
                )
        self._keys = {name_key(key): key for key in encoded}
        self._signing = name_key(encoded[0])
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def sign(
        self, use: Use, *, user_id: int, session_id: str, generation: int, expires_at: int
    ) -> str:
        """Return a token."""
        import jwt  # noqa: PLC0415 - see above

        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": session_id,
            "use": use,
            "gen": generation,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "nbf": now,
            "exp": expires_at,
        }
        key = self._keys[self._signing]
        head = {"kid": self._signing}
        return jwt.encode(claims, key, ALGORITHM, headers=head)  # pyright: ignore[reportUnknownMemberType]  # its types need cryptography

    def read(self, token: str, use: Use | None, *, expired: bool = False) -> Claims:
        """Check a token and return what it says.

        Args:
            token: What was sent.
            use: What it must be for; None for anything.
            expired: Accept one whose time is over, to log out with.

        Raises:
            TokenError: It is not one of ours.
            TokenExpired: It was, and its time is over.
        """
        claims = self._decode(token)
        now = self._clock()
        if use is not None and claims["use"] != use:
            raise TokenError(f"token must be for {use}, got one for {claims['use']!r:.40}")
        if now < claims["nbf"] - LEEWAY:
            raise TokenError("token is not valid yet")
        if now >= claims["exp"] and not expired:
            raise TokenExpired("token has expired: log in again, or refresh it")
        return Claims(int(claims["sub"]), claims["sid"], claims["gen"], claims["exp"])

    def _decode(self, token: str) -> dict[str, Any]:
        # A str of ASCII is what every later step expects: whatever comes from outside is checked.
        if not isinstance(token, str) or not token.isascii() or len(token) > MAX_TOKEN:  # pyright: ignore[reportUnnecessaryIsInstance]  # a header that is absent is None in an untyped caller
            raise TokenError("token must be three pieces of base64 with dots between them")
        import jwt  # noqa: PLC0415 - see above

        try:
            key = self._keys[read_key_name(token)]
            return jwt.decode(  # pyright: ignore[reportUnknownMemberType]  # its types need cryptography
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                # The times are checked in read(), by the clock that also made them.
                options={
                    "require": REQUIRED,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except KeyError:
            raise TokenError("token is signed with a key that is not in use") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):  # a head of a thousand brackets
            # Not which check failed: the difference would help only who makes such tokens.
            raise TokenError("token is not one of ours") from None


def read_key_name(token: str) -> str:
    """Return which key a token says it was signed with.

    ``jwt.get_unverified_header`` decodes the claims and the signature as well: a third of the time
    of every check.

    Raises:
        ValueError: It says none.
    """
    head = token.partition(".")[0]
    decoded: Any = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    try:
        return str(decoded["kid"])
    except (KeyError, TypeError):  # no name, or no object
        raise ValueError("head of a token must name its key") from None


def name_key(key: bytes) -> str:
    """Return the name of a key, which tells nothing about it."""
    return hashlib.sha256(b"groundup-auth kid\0" + key).hexdigest()[:16]


def list_keys(secret: Secret | Sequence[Secret] | None) -> Sequence[Secret]:
    """Return the keys that a secret stands for; a random one for none."""
    if secret is None:
        return [secrets.token_bytes(32)]
    return [secret] if isinstance(secret, str | bytes) else secret
