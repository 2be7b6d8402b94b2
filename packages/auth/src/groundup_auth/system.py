"""The one object of an application: registration, log-in, tokens, passwords, second factors.

    register ─► login ─► token ─► verify_token        logout, logout_everywhere
                  │                                   request_reset ─► mail ─► reset_password
                  └► login_pair ─► refresh ─► …       enable_totp ─► confirm_totp

Everything here may block: it reads the store, and bcrypt takes a quarter second on purpose.  So
the methods are plain functions for a worker thread, where bcrypt lets go of the interpreter; a
coroutine that looked harmless would stop every other one.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Self

from groundup_auth.attempts import AttemptStore, MemoryAttempts
from groundup_auth.errors import InvalidCredentials, TokenError, UnknownUser, WeakPassword
from groundup_auth.factors import Enrolment, Factors
from groundup_auth.identifiers import parse_email, parse_username
from groundup_auth.lockout import Lockout
from groundup_auth.login import LogIn
from groundup_auth.mail import ConsoleMailer, Mailer, is_instant
from groundup_auth.passwords import PasswordHasher
from groundup_auth.recovery import Recovery
from groundup_auth.resets import Resets
from groundup_auth.sessions import make_sessions
from groundup_auth.settings import AuthSettings
from groundup_auth.smtp import BackgroundMailer
from groundup_auth.sqlite import SQLiteStore
from groundup_auth.store import UserStore
from groundup_auth.strength import PasswordPolicy
from groundup_auth.tokens import Secret, TokenPair, list_keys
from groundup_auth.users import User

__all__ = ["AuthenticationSystem"]

logger = logging.getLogger(__name__)


class AuthenticationSystem:
    """Know who is asking.  May be shared between threads; call it from a worker thread.

    Args:
        store: Where users are kept; memory, if none is given.
        secret: What tokens are signed with, 32 bytes at least; of several the first signs and all
            verify.  A random one, if none is given: then tokens end with the process.
        mailer: Who brings reset tokens.  Without ``secret`` they are printed, for development;
            with it a mailer must be given before ``request_reset`` works.
        policy: Which passwords are good enough.
        attempts: Where failures are counted; ``RedisAttempts`` for several processes.
        settings: Lifetimes, names, limits.
        clock: Seconds since 1970.

    >>> auth = AuthenticationSystem(settings=AuthSettings(bcrypt_cost=4))
    >>> auth.register("alice@example.com", "SecurePass123!")
    1
    >>> token = auth.login("alice@example.com", "SecurePass123!")
    >>> auth.verify_token(token), auth.verify_token("another")
    (1, None)
    >>> auth.close()
    """

    def __init__(
        self,
        store: UserStore | None = None,
        *,
        secret: Secret | Sequence[Secret] | None = None,
        mailer: Mailer | None = None,
        policy: PasswordPolicy | None = None,
        attempts: AttemptStore | None = None,
        settings: AuthSettings | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        settings = settings or AuthSettings()
        self._own_store: SQLiteStore | None = None
        if store is None:
            store = self._own_store = SQLiteStore()
        elif secret is None:
            logger.warning("no secret: tokens end with this process, and no other takes them")
        if mailer is None and secret is None:
            mailer = ConsoleMailer()
        self._own_mailer: BackgroundMailer | None = None
        if mailer is not None and not is_instant(mailer):
            mailer = self._own_mailer = BackgroundMailer(mailer)
        self._store = store
        self._given_policy = policy
        self._hasher = PasswordHasher(settings.bcrypt_cost)
        counted = MemoryAttempts() if attempts is None else attempts  # an empty one is false
        self._lockout = Lockout(counted, settings.rules)
        self._factors = Factors(store, settings.issuer, clock=clock)
        self._login = LogIn(store, self._hasher, self._lockout, self._factors)
        self._sessions = make_sessions(store, list_keys(secret), settings, clock)
        self._recovery = Recovery(
            store,
            Resets(store, settings.reset_lifetime, clock=clock),
            mailer,
            login=self._login,
            lockout=self._lockout,
            settings=settings,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @cached_property
    def _policy(self) -> PasswordPolicy:
        """The rules; to make them reads a list of passwords, so not before somebody chooses one."""
        return self._given_policy or PasswordPolicy()

    def close(self) -> None:
        """Send the mails that wait, and close the store, if it was made here."""
        if self._own_mailer is not None:
            self._own_mailer.close()
        if self._own_store is not None:
            self._own_store.close()

    # Users

    def register(
        self, email: str, password: str, username: str | None = None, *, source: str | None = None
    ) -> int:
        """Add a user and return the id.

        Args:
            email: The address, unique whatever its case.
            password: Judged by the policy.
            username: Another name to log in by.
            source: Where the request comes from, such as the client's address: for the limits.

        Raises:
            InvalidEmail: The address is none.  ``InvalidUsername`` for the name.
            WeakPassword: The policy refuses the password.
            AlreadyRegistered: The address or the name is taken.
            TooManyAttempts: Too many registrations from this source.
        """
        address = parse_email(email)
        name = None if username is None else parse_username(username)
        self._policy.require(password, email=address.shown, username=name and name.shown)
        self._lockout.register(source)
        return self._store.add_user(address, name, self._hasher.hash(password))

    def get_user(self, user_id: int) -> User:
        """Return a user.

        Raises:
            UnknownUser: Nobody has this id.
        """
        return self._login.get(user_id).user

    def delete_user(self, user_id: int) -> None:
        """Remove a user, with sessions, tokens and codes.

        Raises:
            UnknownUser: Nobody has this id.
        """
        if not self._store.delete_user(user_id):
            raise UnknownUser(user_id)

    # Tokens

    def login(
        self, identifier: str, password: str, totp: str | None = None, *, source: str | None = None
    ) -> str:
        """Check credentials and return an access token.

        Args:
            identifier: The e-mail address or the username.
            password: As typed.
            totp: A code of the authenticator app, or a recovery code, if there is a second factor.
            source: Where the request comes from.  Without it, an attacker and the owner of an
                account wait together.

        Raises:
            InvalidCredentials: They are wrong; ``SecondFactorRequired`` if only a code is missing.
            TooManyAttempts: Wait first.
        """
        return self._sessions.open(self._login.check(identifier, password, totp, source))

    def login_pair(
        self, identifier: str, password: str, totp: str | None = None, *, source: str | None = None
    ) -> TokenPair:
        """Like ``login``, with a refresh token for a session that lasts longer."""
        return self._sessions.open_pair(self._login.check(identifier, password, totp, source))

    def refresh(self, token: str) -> TokenPair:
        """Take a refresh token and return the next pair.

        Raises:
            TokenReused: It was used before: one of the two senders stole it.  The session ends.
            TokenError: It is not valid.
        """
        return self._sessions.refresh(token)

    def verify_token(self, token: str) -> int | None:
        """Return the user's id, or None for whatever is not a valid access token."""
        user = self.find_user(token)
        return None if user is None else user.id

    def verify_token_strict(self, token: str) -> int:
        """Return the user's id.

        Raises:
            TokenError: The token is not valid; the class says why.
        """
        return self._sessions.find(token).id

    def find_user(self, token: str) -> User | None:
        """Return the user of an access token, or None for whatever is not a valid one."""
        try:
            return self._sessions.find(token)
        except TokenError:
            return None

    def logout(self, token: str) -> None:
        """End the session of a token, and with it every token of that session.

        Raises:
            TokenError: The token is not one of ours.  One that has expired, or was logged out
                already, is.
        """
        self._sessions.end(token)

    def logout_everywhere(self, user_id: int) -> int:
        """End every session of a user, and return how many there were."""
        return self._store.end_sessions(user_id)

    # Passwords

    def change_password(
        self, user_id: int, password: str, new: str, *, keep_token: str | None = None
    ) -> None:
        """Replace the password, and end every session but that of ``keep_token``.

        Raises:
            InvalidCredentials: The password is wrong.
            WeakPassword: The policy refuses the new one.
            TooManyAttempts: Wait first.
        """
        keep = self._keep(user_id, keep_token)
        account = self._login.confirm(user_id, password)
        if new == password:
            raise WeakPassword(("new password must differ from the old one",))
        user = account.user
        self._policy.require(new, email=user.email, username=user.username)
        hashed = self._hasher.hash(new)
        if not self._store.set_password(user_id, hashed, epoch=account.epoch, keep=keep):
            raise InvalidCredentials("password was changed meanwhile")

    def request_reset(self, email: str, *, source: str | None = None) -> None:
        """Send a reset token to the account's address.  Nobody can see whether there is one."""
        self._recovery.request(email, source)

    def reset_password(self, token: str, new: str, *, source: str | None = None) -> int:
        """Set a new password with a reset token, end every session, and return the user's id.

        Raises:
            InvalidReset: The token is unknown, used, or too old.
            WeakPassword: The policy refuses the password; the token is still good.
        """
        return self._recovery.carry_out(
            token, new, source, policy=self._policy, hasher=self._hasher
        )

    # Second factors

    def enable_totp(self, user_id: int, password: str) -> Enrolment:
        """Return a secret for an authenticator app, which changes nothing until confirmed.

        Asks for the password: whoever found an open session must not lock the owner out with it.

        Raises:
            InvalidCredentials: The password is wrong.
            SecondFactorError: A second factor is active already.
        """
        return self._factors.begin(self._login.confirm(user_id, password))

    def confirm_totp(
        self, user_id: int, code: str, *, keep_token: str | None = None
    ) -> tuple[str, ...]:
        """Make log-ins ask for a code, and return ten recovery codes to be shown once.

        Ends every session but that of ``keep_token``.  The code is used up by this.

        Raises:
            InvalidCode: The app shows another one.
            SecondFactorError: There is nothing to confirm.
            TooManyAttempts: Wait first.
        """
        keep = self._keep(user_id, keep_token)
        account = self._login.get(user_id)
        attempt = self._lockout.confirm(user_id)
        codes = self._factors.confirm(account, code, keep=keep)
        attempt.succeed()
        return codes

    def disable_totp(self, user_id: int, password: str, *, keep_token: str | None = None) -> None:
        """Remove the second factor, and end every session but that of ``keep_token``.

        Raises:
            InvalidCredentials: The password is wrong.
            SecondFactorError: There is none.
        """
        keep = self._keep(user_id, keep_token)
        self._factors.remove(self._login.confirm(user_id, password), keep=keep)

    def has_totp(self, user_id: int) -> bool:
        """Return whether log-ins of a user ask for a code."""
        return self._login.get(user_id).totp_secret is not None

    def renew_recovery_codes(self, user_id: int, password: str) -> tuple[str, ...]:
        """Return ten new recovery codes; those before are void.

        Raises:
            InvalidCredentials: The password is wrong.
            SecondFactorError: There is no second factor.
        """
        return self._factors.renew(self._login.confirm(user_id, password))

    def count_recovery_codes(self, user_id: int) -> int:
        """Return how many recovery codes a user has left."""
        return self._store.count_recovery_codes(user_id)

    def _keep(self, user_id: int, token: str | None) -> str | None:
        return None if token is None else self._sessions.name(token, user_id)
