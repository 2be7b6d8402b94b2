"""Check who wants in: the same steps, words and time for accounts that exist and that do not.

    find the account ─► may it be tried? ─► password ─► second factor, if there is one ─► in
         or nobody           429              401                  401

The password of nobody is checked as well, against a hash that no password has.  Only who knows the
password learns that a second factor exists.
"""

from groundup_auth.errors import (
    AuthError,
    InvalidCredentials,
    SecondFactorRequired,
    UnknownUser,
)
from groundup_auth.factors import Factors
from groundup_auth.identifiers import parse_identifier
from groundup_auth.lockout import Lockout
from groundup_auth.passwords import PasswordHasher
from groundup_auth.users import Account, AccountStore

__all__ = ["LogIn"]


class LogIn:
    """Check credentials.  May be shared between threads."""

    def __init__(
        self, store: AccountStore, hasher: PasswordHasher, lockout: Lockout, factors: Factors
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._lockout = lockout
        self._factors = factors

    def check(
        self, identifier: str, password: str, code: str | None, source: str | None
    ) -> Account:
        """Return the account that all credentials are right for.

        Raises:
            TooManyAttempts: Wait first.
            InvalidCredentials: They are not; ``SecondFactorRequired`` if only a code is missing.
        """
        key, account = self._find(identifier)
        attempt = self._lockout.log_in(key, source)
        if not self._verify(account, password) or account is None:
            raise InvalidCredentials
        if account.totp_secret is not None and not code:
            attempt.refund()
            raise SecondFactorRequired
        if account.totp_secret is not None and code:
            guess = self._lockout.code(account.user.id, key, source)
            self._factors.check(account, code)
            guess.succeed()
        attempt.succeed()
        self.welcome(account, source)
        self._upgrade(account, password)
        return account

    def confirm(self, user_id: int, password: str) -> Account:
        """Return the account of someone who is logged in, if the password is right.

        Raises:
            UnknownUser: Nobody has this id.
            TooManyAttempts: Wait first.
            InvalidCredentials: The password is wrong.
        """
        account = self.get(user_id)
        attempt = self._lockout.confirm(user_id)
        if not self._verify(account, password):
            raise InvalidCredentials("password is wrong")
        attempt.succeed()
        return account

    def get(self, user_id: int) -> Account:
        """Return the account with this id.

        Raises:
            UnknownUser: Nobody has it.
        """
        account = self._store.find_account(user_id)
        if account is None:
            raise UnknownUser(user_id)
        return account

    def welcome(self, account: Account, source: str | None) -> None:
        """Trust a source with an account, by whichever name it is called."""
        for name in filter(None, (account.user.email, account.user.username)):
            self._lockout.welcome(parse_identifier(name).key, source)

    def _find(self, identifier: str) -> tuple[str, Account | None]:
        """Return the key to count under, and the account that has it, if any."""
        try:
            key = parse_identifier(identifier).key
        except AuthError:
            return f"?{identifier}", None
        if "@" in key:
            return key, self._store.find_by_email(key)
        return key, self._store.find_by_username(key)

    def _verify(self, account: Account | None, password: str) -> bool:
        return self._hasher.verify(password, account.password_hash if account else None)

    def _upgrade(self, account: Account, password: str) -> None:
        """Hash the password anew if the cost has changed, now that it is at hand."""
        if self._hasher.needs_rehash(account.password_hash):
            renewed = self._hasher.hash(password)
            self._store.upgrade_hash(account.user.id, account.password_hash, renewed)
