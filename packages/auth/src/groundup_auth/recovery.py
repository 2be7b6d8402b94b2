"""Lead someone who forgot the password back in: ask, mail, new password.

    request_reset("alice@example.com")   the answer is the same whatever happens:
        not an address      ─► nothing
        too often           ─► nothing
        nobody's            ─► a token that opens nothing
        somebody's          ─► a token, sent to the address *in the store*

Never to the address that was typed: two addresses can have one key, and then the second belongs to
somebody else.
"""

import logging

from groundup_auth.errors import (
    ConfigurationError,
    InvalidEmail,
    InvalidReset,
    TooManyAttempts,
    UnknownUser,
)
from groundup_auth.identifiers import parse_email
from groundup_auth.lockout import Lockout
from groundup_auth.login import LogIn
from groundup_auth.mail import Mailer, write_reset
from groundup_auth.passwords import PasswordHasher
from groundup_auth.resets import Resets
from groundup_auth.settings import AuthSettings
from groundup_auth.strength import PasswordPolicy
from groundup_auth.users import Account, AccountStore

__all__ = ["Recovery"]

logger = logging.getLogger(__name__)


class Recovery:
    """Ask for resets and carry them out.  May be shared between threads."""

    def __init__(
        self,
        store: AccountStore,
        resets: Resets,
        mailer: Mailer | None,
        *,
        login: LogIn,
        lockout: Lockout,
        settings: AuthSettings,
    ) -> None:
        self._store = store
        self._resets = resets
        self._mailer = mailer
        self._login = login
        self._lockout = lockout
        self._settings = settings

    def request(self, email: str, source: str | None) -> None:
        """Send a token, if there is someone to send it to.

        Raises:
            ConfigurationError: There is nobody to send it with.
        """
        if self._mailer is None:
            raise ConfigurationError("a mailer must be given to send resets: mailer=SMTPMailer(…)")
        try:
            key = parse_email(email).key
            self._lockout.reset(key, source)
        except (InvalidEmail, TooManyAttempts):
            return
        account = self._store.find_by_email(key)
        token = self._resets.issue(account.user.id if account else None)
        if account is not None:
            self._send(self._mailer, account, token)

    def carry_out(
        self,
        token: str,
        password: str,
        source: str | None,
        *,
        policy: PasswordPolicy,
        hasher: PasswordHasher,
    ) -> int:
        """Set a new password with a token, which is then used, and return the user's id.

        Raises:
            InvalidReset: The token is unknown, used, or too old.
            WeakPassword: The policy refuses the password; the token is still good.
        """
        try:
            account = self._login.get(self._resets.find(token))
        except UnknownUser:
            raise InvalidReset from None
        policy.require(password, email=account.user.email, username=account.user.username)
        self._resets.redeem(token, hasher.hash(password))
        self._login.welcome(account, source)
        return account.user.id

    def _send(self, mailer: Mailer, account: Account, token: str) -> None:
        minutes = self._settings.reset_lifetime // 60
        message = write_reset(account.user.email, token, self._settings.reset_url, minutes)
        try:
            mailer.send(message)
        except Exception:
            # An error would tell the asker that there is an account.
            logger.exception("reset mail to user %d could not be sent", account.user.id)
