"""Tie tokens to sessions, so that a log-out is one: the revocation that RFC 7519 leaves open.

A signature proves that a token was ours, not that it still should work.  Each log-in opens a
session, a row in the store; a token is valid while its session is there.

    open ─► generation 1 ── refresh ─► 2 ── refresh ─► 3      end: the row is gone,
            refresh token 1 ──────────┐                       and with it every token
                                      └─ sent again: stolen, by either of two; the session ends

A list of what is valid, not of what was revoked: it cannot be forgotten, "all of Alice's" is one
statement, and a session ends at the time set at the log-in, however often it is refreshed.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from groundup_auth.errors import TokenReused, TokenRevoked
from groundup_auth.settings import AuthSettings
from groundup_auth.tokens import Claims, Secret, TokenPair, TokenSigner
from groundup_auth.users import Account, User

__all__ = ["SessionStore", "Sessions", "make_sessions"]

logger = logging.getLogger(__name__)


class SessionStore(Protocol):
    """Which sessions are open.  Every method is atomic, and may be called from any thread."""

    def add_session(
        self, session_id: str, user_id: int, /, *, epoch: int, expires_at: int, now: int
    ) -> bool:
        """Open a session in generation 1, if the user's epoch is still this one."""
        ...

    def find_session(self, session_id: str, /, *, now: int) -> User | None:
        """Return the user of a session that is open."""
        ...

    def advance_session(self, session_id: str, generation: int, /) -> bool:
        """Begin the generation after this one, if this is still the current one."""
        ...

    def end_session(self, session_id: str, /) -> None:
        """End a session."""
        ...

    def end_sessions(self, user_id: int, /) -> int:
        """End all sessions of a user and begin the next epoch; return how many there were."""
        ...


class Sessions:
    """Open, find, refresh and end sessions.  May be shared between threads."""

    def __init__(
        self,
        store: SessionStore,
        signer: TokenSigner,
        *,
        access_lifetime: int,
        refresh_lifetime: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._signer = signer
        self._access_lifetime = access_lifetime
        self._refresh_lifetime = refresh_lifetime
        self._clock = clock

    def open(self, account: Account) -> str:
        """Return an access token of a new session that ends when the token does."""
        claims = self._add(account, self._access_lifetime)
        return self._sign_access(claims, claims.expires_at)

    def open_pair(self, account: Account) -> TokenPair:
        """Return both tokens of a new session."""
        return self._sign_pair(self._add(account, self._refresh_lifetime))

    def find(self, token: str) -> User:
        """Return the user of an access token.

        Raises:
            TokenError: The token is not valid; the class says why.
        """
        return self._find(self._signer.read(token, "access"))

    def refresh(self, token: str) -> TokenPair:
        """Take a refresh token and return the next pair; the token is then used.

        Raises:
            TokenReused: It was used before.  Its session has ended.
            TokenError: It is not valid.
        """
        claims = self._signer.read(token, "refresh")
        advanced = self._store.advance_session(claims.session_id, claims.generation)
        user = self._find(claims)
        if not advanced:
            self._store.end_session(claims.session_id)
            logger.warning("refresh token of user %d was used twice: session ended", user.id)
            raise TokenReused("refresh token was used before: log in again")
        following = Claims(
            claims.user_id, claims.session_id, claims.generation + 1, claims.expires_at
        )
        return self._sign_pair(following)

    def end(self, token: str) -> None:
        """End the session of a token of either kind, also of one that has expired.

        Raises:
            TokenError: The token is not one of ours.
        """
        self._store.end_session(self._signer.read(token, None, expired=True).session_id)

    def name(self, token: str, user_id: int) -> str:
        """Return the id of the session of a user's valid access token."""
        claims = self._signer.read(token, "access")
        if self._find(claims).id != user_id:
            raise TokenRevoked("token must be one of the user whose account is changed")
        return claims.session_id

    def _add(self, account: Account, lifetime: int) -> Claims:
        now = int(self._clock())
        claims = Claims(account.user.id, secrets.token_urlsafe(16), 1, now + lifetime)
        if not self._store.add_session(
            claims.session_id,
            claims.user_id,
            epoch=account.epoch,
            expires_at=claims.expires_at,
            now=now,
        ):
            raise TokenRevoked("account was changed during the log-in: log in again")
        return claims

    def _find(self, claims: Claims) -> User:
        user = self._store.find_session(claims.session_id, now=int(self._clock()))
        if user is None or user.id != claims.user_id:
            raise TokenRevoked("session has ended: log in again")
        return user

    def _sign_access(self, claims: Claims, expires_at: int) -> str:
        return self._signer.sign(
            "access",
            user_id=claims.user_id,
            session_id=claims.session_id,
            generation=claims.generation,
            expires_at=expires_at,
        )

    def _sign_pair(self, claims: Claims) -> TokenPair:
        now = int(self._clock())
        ends = min(now + self._access_lifetime, claims.expires_at)
        refresh = self._signer.sign(
            "refresh",
            user_id=claims.user_id,
            session_id=claims.session_id,
            generation=claims.generation,
            expires_at=claims.expires_at,
        )
        return TokenPair(self._sign_access(claims, ends), refresh, ends - now)


def make_sessions(
    store: SessionStore, keys: Sequence[Secret], settings: AuthSettings, clock: Callable[[], float]
) -> Sessions:
    """Return the part that signs tokens, as the settings say."""
    signer = TokenSigner(keys, issuer=settings.issuer, audience=settings.audience, clock=clock)
    return Sessions(
        store,
        signer,
        access_lifetime=settings.access_lifetime,
        refresh_lifetime=settings.refresh_lifetime,
        clock=clock,
    )
