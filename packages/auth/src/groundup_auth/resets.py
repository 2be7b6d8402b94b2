"""Prove by mail who one is: tokens that reset a password once.

    ask ─► 256 random bits ─► mail            the store keeps SHA-256 of them, and when they end
    use ─► look up ─► check the new password ─► take the token and set the password, in one step

The hash is a plain one: nobody guesses 256 bits, so there is nothing for a slow hash to slow down.
For an address that nobody has, a row with no user in it is written, always the same one: that takes
as long, and whoever asks for a million such addresses fills no disk.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Protocol

from groundup_auth.errors import InvalidReset

__all__ = ["ResetStore", "Resets"]

MAX_TOKEN = 128  # characters; ours have 43
NOBODY = ""


class ResetStore(Protocol):
    """Which reset tokens are out.  Every method is atomic, and may be called from any thread."""

    def add_reset(self, digest: str, user_id: int | None, /, *, expires_at: int, now: int) -> None:
        """Remember a token, in place of one with the same digest; forget those that expired."""
        ...

    def find_reset(self, digest: str, /, *, now: int) -> int | None:
        """Return the id of the user of a token that has not expired."""
        ...

    def redeem_reset(self, digest: str, password_hash: str, /, *, now: int) -> bool:
        """Take a token and set the password of its user, if the token is still there.

        Like ``set_password``: ends every session, forgets every reset token of the user, and
        begins the next epoch.
        """
        ...


class Resets:
    """Issue and redeem reset tokens.  May be shared between threads."""

    def __init__(
        self, store: ResetStore, lifetime: int, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._lifetime = lifetime
        self._clock = clock

    def issue(self, user_id: int | None) -> str:
        """Return a new token; without a user it takes as long and opens nothing."""
        token = secrets.token_urlsafe(32)
        now = int(self._clock())
        hashed = digest(NOBODY if user_id is None else token)
        self._store.add_reset(hashed, user_id, expires_at=now + self._lifetime, now=now)
        return token

    def find(self, token: str) -> int:
        """Return the id of a token's user, without using the token.

        Raises:
            InvalidReset: The token is unknown, used, or too old.
        """
        user_id = self._store.find_reset(digest(token), now=int(self._clock()))
        if user_id is None:
            raise InvalidReset
        return user_id

    def redeem(self, token: str, password_hash: str) -> None:
        """Use a token up and set the password.

        Raises:
            InvalidReset: Somebody else was faster.
        """
        if not self._store.redeem_reset(digest(token), password_hash, now=int(self._clock())):
            raise InvalidReset


def digest(token: str) -> str:
    """Return what the store keeps of a token."""
    cut = token.strip()[: MAX_TOKEN + 1]
    return hashlib.sha256(b"groundup-auth reset\0" + cut.encode("utf-8", "replace")).hexdigest()
