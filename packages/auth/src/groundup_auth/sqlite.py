"""Keep users in SQLite, in memory or in a file: every question of ``UserStore`` as its SQL."""

import sqlite3
from collections.abc import Collection
from os import PathLike
from typing import Any, Self

from groundup_auth.database import Database
from groundup_auth.errors import AlreadyRegistered
from groundup_auth.identifiers import Identifier
from groundup_auth.schema import migrate
from groundup_auth.users import Account, User

__all__ = ["SQLiteStore"]

ACCOUNT = (
    "SELECT id, email, username, epoch, password_hash, totp_secret, totp_pending FROM users WHERE "
)


class SQLiteStore:
    """A ``UserStore`` in one SQLite database.  May be shared between threads; close it at the end.

    Args:
        path: A file, made for its owner alone if it is not there; ``:memory:`` for none.

    >>> with SQLiteStore() as store:
    ...     store.add_user(Identifier("Al@example.com", "al@example.com"), None, "hash")
    1
    """

    def __init__(self, path: str | PathLike[str] = ":memory:") -> None:
        self._database = Database(path, migrate)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database.  More than once does no harm."""
        self._database.close()

    # Accounts

    def add_user(
        self, email: Identifier, username: Identifier | None, password_hash: str, /
    ) -> int:
        """Add a user and return the id."""
        shown, key = username or (None, None)
        try:
            with self._database.write():
                return self._database.insert(
                    "INSERT INTO users (email, email_key, username, username_key, password_hash)"
                    " VALUES (?, ?, ?, ?, ?)",
                    *email,
                    shown,
                    key,
                    password_hash,
                )
        except sqlite3.IntegrityError as error:
            name = "username" if "username_key" in str(error) else "e-mail address"
            raise AlreadyRegistered(name) from None

    def find_account(self, user_id: int, /) -> Account | None:
        """Return the account with this id."""
        return self._find_account("id = ?", user_id)

    def find_by_email(self, key: str, /) -> Account | None:
        """Return the account whose address has this key."""
        return self._find_account("email_key = ?", key)

    def find_by_username(self, key: str, /) -> Account | None:
        """Return the account whose username has this key."""
        return self._find_account("username_key = ?", key)

    def upgrade_hash(self, user_id: int, old: str, new: str, /) -> bool:
        """Replace the hash of an unchanged password, if it is still the old one."""
        with self._database.write():
            return self._database.change(
                "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
                new,
                user_id,
                old,
            )

    def set_password(
        self, user_id: int, password_hash: str, /, *, epoch: int, keep: str | None = None
    ) -> bool:
        """Store the hash of a new password, if the epoch is still this one."""
        with self._database.write():
            changed = self._database.change(
                "UPDATE users SET password_hash = ? WHERE id = ? AND epoch = ?",
                password_hash,
                user_id,
                epoch,
            )
            if changed:
                self._database.change("DELETE FROM resets WHERE user_id = ?", user_id)
                self._begin_epoch(user_id, keep)
            return changed

    def delete_user(self, user_id: int, /) -> bool:
        """Remove a user with all that belongs to it."""
        with self._database.write():
            return self._database.change("DELETE FROM users WHERE id = ?", user_id)

    # Sessions

    def add_session(
        self, session_id: str, user_id: int, /, *, epoch: int, expires_at: int, now: int
    ) -> bool:
        """Open a session, if the user's epoch is still this one."""
        with self._database.write():
            self._database.change("DELETE FROM sessions WHERE expires_at <= ?", now)
            return self._database.change(
                "INSERT INTO sessions (id, user_id, expires_at)"
                " SELECT ?, id, ? FROM users WHERE id = ? AND epoch = ?",
                session_id,
                expires_at,
                user_id,
                epoch,
            )

    def find_session(self, session_id: str, /, *, now: int) -> User | None:
        """Return the user of a session that is open."""
        row = self._database.row(
            "SELECT u.id, u.email, u.username FROM sessions s JOIN users u ON u.id = s.user_id"
            " WHERE s.id = ? AND s.expires_at > ?",
            session_id,
            now,
        )
        return None if row is None else User(*row)

    def advance_session(self, session_id: str, generation: int, /) -> bool:
        """Begin the generation after this one, if this is still the current one."""
        with self._database.write():
            return self._database.change(
                "UPDATE sessions SET generation = generation + 1 WHERE id = ? AND generation = ?",
                session_id,
                generation,
            )

    def end_session(self, session_id: str, /) -> None:
        """End a session."""
        with self._database.write():
            self._database.change("DELETE FROM sessions WHERE id = ?", session_id)

    def end_sessions(self, user_id: int, /) -> int:
        """End all sessions of a user and begin the next epoch; return how many there were."""
        with self._database.write():
            return self._begin_epoch(user_id, None)

    # Reset tokens

    def add_reset(self, digest: str, user_id: int | None, /, *, expires_at: int, now: int) -> None:
        """Remember a token, and forget those that have expired."""
        with self._database.write():
            self._database.change("DELETE FROM resets WHERE expires_at <= ?", now)
            self._database.insert(
                "INSERT INTO resets VALUES (?, ?, ?)", digest, user_id, expires_at
            )

    def find_reset(self, digest: str, /, *, now: int) -> int | None:
        """Return the id of the user of a token that has not expired."""
        row = self._database.row(
            "SELECT user_id FROM resets WHERE digest = ? AND expires_at > ?", digest, now
        )
        return None if row is None else row[0]

    def redeem_reset(self, digest: str, password_hash: str, /, *, now: int) -> bool:
        """Take a token and set the password of its user, if the token is still there."""
        with self._database.write():
            user_id = self.find_reset(digest, now=now)
            if user_id is None:
                return False
            self._database.change(
                "UPDATE users SET password_hash = ? WHERE id = ?", password_hash, user_id
            )
            self._database.change("DELETE FROM resets WHERE user_id = ?", user_id)
            self._begin_epoch(user_id, None)
            return True

    # Second factors

    def begin_totp(self, user_id: int, secret: str, /) -> bool:
        """Remember a secret that is not confirmed, unless a second factor is active."""
        with self._database.write():
            return self._database.change(
                "UPDATE users SET totp_pending = ? WHERE id = ? AND totp_secret IS NULL",
                secret,
                user_id,
            )

    def activate_totp(
        self,
        user_id: int,
        secret: str,
        /,
        *,
        step: int,
        recovery: Collection[str],
        keep: str | None = None,
    ) -> bool:
        """Make the pending secret the active one, if it is still this one."""
        with self._database.write():
            changed = self._database.change(
                "UPDATE users SET totp_secret = totp_pending, totp_pending = NULL, totp_step = ?"
                " WHERE id = ? AND totp_pending = ?",
                step,
                user_id,
                secret,
            )
            if changed:
                self._replace_codes(user_id, recovery)
                self._begin_epoch(user_id, keep)
            return changed

    def use_totp_step(self, user_id: int, step: int, /) -> bool:
        """Remember a step as used, if it is later than every one before."""
        with self._database.write():
            return self._database.change(
                "UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ?", step, user_id, step
            )

    def use_recovery_code(self, user_id: int, digest: str, /) -> bool:
        """Take a recovery code, if it is there."""
        with self._database.write():
            return self._database.change(
                "DELETE FROM recovery_codes WHERE user_id = ? AND digest = ?", user_id, digest
            )

    def count_recovery_codes(self, user_id: int, /) -> int:
        """Return how many recovery codes are left."""
        row = self._database.row("SELECT count(*) FROM recovery_codes WHERE user_id = ?", user_id)
        return 0 if row is None else row[0]

    def replace_recovery_codes(self, user_id: int, recovery: Collection[str], /) -> bool:
        """Forget the recovery codes and remember others, if a second factor is active."""
        with self._database.write():
            account = self.find_account(user_id)
            if account is None or account.totp_secret is None:
                return False
            self._replace_codes(user_id, recovery)
            return True

    def clear_totp(self, user_id: int, /, *, keep: str | None = None) -> bool:
        """Remove the second factor with its recovery codes."""
        with self._database.write():
            changed = self._database.change(
                "UPDATE users SET totp_secret = NULL, totp_pending = NULL, totp_step = -1"
                " WHERE id = ? AND totp_secret IS NOT NULL",
                user_id,
            )
            if changed:
                self._replace_codes(user_id, ())
                self._begin_epoch(user_id, keep)
            return changed

    # Inside a transaction

    def _find_account(self, where: str, value: Any) -> Account | None:
        row = self._database.row(ACCOUNT + where, value)
        return None if row is None else Account(User(*row[:3]), *row[3:])

    def _begin_epoch(self, user_id: int, keep: str | None) -> int:
        self._database.change("UPDATE users SET epoch = epoch + 1 WHERE id = ?", user_id)
        return self._database.count(
            "DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?", user_id, keep
        )

    def _replace_codes(self, user_id: int, recovery: Collection[str]) -> None:
        self._database.change("DELETE FROM recovery_codes WHERE user_id = ?", user_id)
        for digest in recovery:
            self._database.change("INSERT INTO recovery_codes VALUES (?, ?)", user_id, digest)
