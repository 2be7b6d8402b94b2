"""Answer every question of ``UserStore`` in SQL that SQLite and PostgreSQL both read.

A condition stands inside the statement that depends on it: ``UPDATE … WHERE epoch = ?`` cannot be
overtaken, an ``if`` before it can.  Where one statement is not enough, the first one takes the lock
of the user's row; so two writers of one user come one after the other, in every database.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self

from groundup_auth.errors import AlreadyRegistered
from groundup_auth.identifiers import Identifier
from groundup_auth.users import Account, User

__all__ = ["Duplicate", "SQLDatabase", "SQLStore", "Transaction"]

ACCOUNT = (
    "SELECT id, email, username, epoch, password_hash, totp_secret, totp_pending"
    " FROM auth_users WHERE "
)
LOCK = "UPDATE auth_users SET epoch = epoch WHERE id = ?"
MAX_ID = 2**63 - 1  # ids come from URLs as well, and what no column can hold is nobody's


class Duplicate(Exception):  # noqa: N818 - never leaves the store
    """A unique column, or its index, whose name is the first argument, holds the value already."""


class Transaction(Protocol):
    """The statements of one transaction, with ``?`` where a value goes."""

    def count(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        ...

    def insert(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return the id of the row that it added.

        Raises:
            Duplicate: A unique index refuses it.
        """
        ...

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        ...


class SQLDatabase(Protocol):
    """A database.  Every method may be called from any thread."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Return a transaction, which is taken back if an error leaves the block."""
        ...

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query as a tuple, or None."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class SQLStore:
    """A ``UserStore`` over a database whose tables are those of ``schema``."""

    def __init__(self, database: SQLDatabase) -> None:
        self._database = database

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
            with self._database.write() as write:
                return write.insert(
                    "INSERT INTO auth_users"
                    " (email, email_key, username, username_key, password_hash)"
                    " VALUES (?, ?, ?, ?, ?)",
                    *email,
                    shown,
                    key,
                    password_hash,
                )
        except Duplicate as error:
            name = "username" if "username" in str(error) else "e-mail address"
            raise AlreadyRegistered(name) from None

    def find_account(self, user_id: int, /) -> Account | None:
        """Return the account with this id."""
        return self._find("id = ?", user_id) if 0 < user_id <= MAX_ID else None

    def find_by_email(self, key: str, /) -> Account | None:
        """Return the account whose address has this key."""
        return self._find("email_key = ?", key)

    def find_by_username(self, key: str, /) -> Account | None:
        """Return the account whose username has this key."""
        return self._find("username_key = ?", key)

    def upgrade_hash(self, user_id: int, old: str, new: str, /) -> bool:
        """Replace the hash of an unchanged password, if it is still the old one."""
        sql = "UPDATE auth_users SET password_hash = ? WHERE id = ? AND password_hash = ?"
        with self._database.write() as write:
            return write.count(sql, new, user_id, old) > 0

    def set_password(
        self, user_id: int, password_hash: str, /, *, epoch: int, keep: str | None = None
    ) -> bool:
        """Store the hash of a new password, if the epoch is still this one."""
        sql = "UPDATE auth_users SET password_hash = ? WHERE id = ? AND epoch = ?"
        with self._database.write() as write:
            if not write.count(sql, password_hash, user_id, epoch):
                return False
            write.count("DELETE FROM auth_resets WHERE user_id = ?", user_id)
            begin_epoch(write, user_id, keep)
            return True

    def delete_user(self, user_id: int, /) -> bool:
        """Remove a user with all that belongs to it."""
        if not 0 < user_id <= MAX_ID:
            return False
        with self._database.write() as write:
            return write.count("DELETE FROM auth_users WHERE id = ?", user_id) > 0

    # Sessions

    def add_session(
        self, session_id: str, user_id: int, /, *, epoch: int, expires_at: int, now: int
    ) -> bool:
        """Open a session, if the user's epoch is still this one."""
        with self._database.write() as write:
            if not write.count(LOCK + " AND epoch = ?", user_id, epoch):
                return False
            write.count(
                "INSERT INTO auth_sessions (id, user_id, expires_at) VALUES (?, ?, ?)",
                session_id,
                user_id,
                expires_at,
            )
            write.count("DELETE FROM auth_sessions WHERE expires_at <= ?", now)
            return True

    def find_session(self, session_id: str, /, *, now: int) -> User | None:
        """Return the user of a session that is open."""
        row = self._database.row(
            "SELECT u.id, u.email, u.username"
            " FROM auth_sessions s JOIN auth_users u ON u.id = s.user_id"
            " WHERE s.id = ? AND s.expires_at > ?",
            session_id,
            now,
        )
        return None if row is None else User(*row)

    def advance_session(self, session_id: str, generation: int, /) -> bool:
        """Begin the generation after this one, if this is still the current one."""
        sql = "UPDATE auth_sessions SET generation = generation + 1 WHERE id = ? AND generation = ?"
        with self._database.write() as write:
            return write.count(sql, session_id, generation) > 0

    def end_session(self, session_id: str, /) -> None:
        """End a session."""
        with self._database.write() as write:
            write.count("DELETE FROM auth_sessions WHERE id = ?", session_id)

    def end_sessions(self, user_id: int, /) -> int:
        """End all sessions of a user and begin the next epoch; return how many there were."""
        if not 0 < user_id <= MAX_ID:
            return 0
        with self._database.write() as write:
            return begin_epoch(write, user_id, None)

    # Reset tokens

    def add_reset(self, digest: str, user_id: int | None, /, *, expires_at: int, now: int) -> None:
        """Remember a token, in place of one with the same digest; forget those that expired."""
        with self._database.write() as write:
            write.count("DELETE FROM auth_resets WHERE expires_at <= ? OR digest = ?", now, digest)
            write.count(
                "INSERT INTO auth_resets (digest, user_id, expires_at) VALUES (?, ?, ?)"
                " ON CONFLICT (digest) DO NOTHING",
                digest,
                user_id,
                expires_at,
            )

    def find_reset(self, digest: str, /, *, now: int) -> int | None:
        """Return the id of the user of a token that has not expired."""
        sql = "SELECT user_id FROM auth_resets WHERE digest = ? AND expires_at > ?"
        row = self._database.row(sql, digest, now)
        return None if row is None else row[0]

    def redeem_reset(self, digest: str, password_hash: str, /, *, now: int) -> bool:
        """Take a token and set the password of its user, if the token is still there."""
        user_id = self.find_reset(digest, now=now)
        if user_id is None:
            return False
        with self._database.write() as write:
            write.count(LOCK, user_id)
            if not write.count("DELETE FROM auth_resets WHERE digest = ?", digest):
                return False
            write.count("DELETE FROM auth_resets WHERE user_id = ?", user_id)
            write.count(
                "UPDATE auth_users SET password_hash = ? WHERE id = ?", password_hash, user_id
            )
            begin_epoch(write, user_id, None)
            return True

    # Second factors

    def begin_totp(self, user_id: int, secret: str, /) -> bool:
        """Remember a secret that is not confirmed, unless a second factor is active."""
        sql = "UPDATE auth_users SET totp_pending = ? WHERE id = ? AND totp_secret IS NULL"
        with self._database.write() as write:
            return write.count(sql, secret, user_id) > 0

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
        sql = (
            "UPDATE auth_users SET totp_secret = totp_pending, totp_pending = NULL, totp_step = ?"
            " WHERE id = ? AND totp_pending = ?"
        )
        with self._database.write() as write:
            if not write.count(sql, step, user_id, secret):
                return False
            replace_codes(write, user_id, recovery)
            begin_epoch(write, user_id, keep)
            return True

    def use_totp_step(self, user_id: int, step: int, /) -> bool:
        """Remember a step as used, if it is later than every one before."""
        sql = "UPDATE auth_users SET totp_step = ? WHERE id = ? AND totp_step < ?"
        with self._database.write() as write:
            return write.count(sql, step, user_id, step) > 0

    def use_recovery_code(self, user_id: int, digest: str, /) -> bool:
        """Take a recovery code, if it is there."""
        sql = "DELETE FROM auth_recovery_codes WHERE user_id = ? AND digest = ?"
        with self._database.write() as write:
            return write.count(sql, user_id, digest) > 0

    def count_recovery_codes(self, user_id: int, /) -> int:
        """Return how many recovery codes are left."""
        if not 0 < user_id <= MAX_ID:
            return 0
        sql = "SELECT count(*) FROM auth_recovery_codes WHERE user_id = ?"
        return int(self._database.row(sql, user_id)[0])

    def replace_recovery_codes(self, user_id: int, recovery: Collection[str], /) -> bool:
        """Forget the recovery codes and remember others, if a second factor is active."""
        with self._database.write() as write:
            if not write.count(LOCK + " AND totp_secret IS NOT NULL", user_id):
                return False
            replace_codes(write, user_id, recovery)
            return True

    def clear_totp(self, user_id: int, /, *, keep: str | None = None) -> bool:
        """Remove the second factor with its recovery codes."""
        sql = (
            "UPDATE auth_users SET totp_secret = NULL, totp_pending = NULL, totp_step = -1"
            " WHERE id = ? AND totp_secret IS NOT NULL"
        )
        with self._database.write() as write:
            if not write.count(sql, user_id):
                return False
            replace_codes(write, user_id, ())
            begin_epoch(write, user_id, keep)
            return True

    def _find(self, where: str, value: Any) -> Account | None:
        row = self._database.row(ACCOUNT + where, value)
        return None if row is None else Account(User(*row[:3]), *row[3:])


def begin_epoch(write: Transaction, user_id: int, keep: str | None) -> int:
    """End every session of a user but one, and return how many there were."""
    write.count("UPDATE auth_users SET epoch = epoch + 1 WHERE id = ?", user_id)
    sql = "DELETE FROM auth_sessions WHERE user_id = ? AND id <> ?"
    return write.count(sql, user_id, keep or "")


def replace_codes(write: Transaction, user_id: int, recovery: Collection[str]) -> None:
    """Forget the recovery codes of a user and remember others."""
    write.count("DELETE FROM auth_recovery_codes WHERE user_id = ?", user_id)
    for digest in recovery:
        sql = "INSERT INTO auth_recovery_codes (user_id, digest) VALUES (?, ?)"
        write.count(sql, user_id, digest)
