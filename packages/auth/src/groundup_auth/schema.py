"""The tables of the stores in SQL, and the steps from each version of them to the next.

    auth_users ──< auth_sessions      a session ends with its user
         │  └───< auth_resets         user_id NULL: for an address that nobody has
         └──────< auth_recovery_codes

The names have a prefix, so that the tables can stand in the database of an application.
``auth_schema`` says how many steps were taken.  A step that was released is never changed: a new
one is added.  What SQLite and PostgreSQL write differently stands in braces.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from groundup_auth.errors import ConfigurationError

__all__ = ["POSTGRESQL", "SQLITE", "Migrating", "migrate"]

# AUTOINCREMENT, IDENTITY: the id of a deleted user is never given again, whoever still holds a
# token of it.
SQLITE = {"id": "INTEGER PRIMARY KEY AUTOINCREMENT", "int": "INTEGER", "keyed": "WITHOUT ROWID"}
POSTGRESQL = {
    "id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "int": "BIGINT",
    "keyed": "",
}

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE auth_users (
            id {id},
            email TEXT NOT NULL,
            email_key TEXT NOT NULL,
            username TEXT,
            username_key TEXT,
            password_hash TEXT NOT NULL,
            epoch {int} NOT NULL DEFAULT 1,
            totp_secret TEXT,
            totp_pending TEXT,
            totp_step {int} NOT NULL DEFAULT -1
        )""",
        "CREATE UNIQUE INDEX auth_users_email_key ON auth_users (email_key)",
        "CREATE UNIQUE INDEX auth_users_username_key ON auth_users (username_key)",
        """CREATE TABLE auth_sessions (
            id TEXT PRIMARY KEY,
            user_id {int} NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
            generation {int} NOT NULL DEFAULT 1,
            expires_at {int} NOT NULL
        ) {keyed}""",
        "CREATE INDEX auth_sessions_user ON auth_sessions (user_id)",
        "CREATE INDEX auth_sessions_expiry ON auth_sessions (expires_at)",
        """CREATE TABLE auth_resets (
            digest TEXT PRIMARY KEY,
            user_id {int} REFERENCES auth_users (id) ON DELETE CASCADE,
            expires_at {int} NOT NULL
        ) {keyed}""",
        "CREATE INDEX auth_resets_user ON auth_resets (user_id)",
        "CREATE INDEX auth_resets_expiry ON auth_resets (expires_at)",
        """CREATE TABLE auth_recovery_codes (
            user_id {int} NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
            digest TEXT NOT NULL,
            PRIMARY KEY (user_id, digest)
        ) {keyed}""",
    ),
)


class Migrating(Protocol):
    """What the steps are taken with: a transaction of the caller."""

    def count(self, sql: str, /, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        ...

    def row(self, sql: str, /, *values: Any) -> Any:
        """Return the first row of a query, or None."""
        ...


def migrate(transaction: Migrating, dialect: Mapping[str, str]) -> None:
    """Take the steps that are missing.

    Raises:
        ConfigurationError: The database was written by a later version of this package.
    """
    transaction.count("CREATE TABLE IF NOT EXISTS auth_schema (version INTEGER NOT NULL)")
    row = transaction.row("SELECT version FROM auth_schema")
    version = row[0] if row else 0
    if version > len(STEPS):
        raise ConfigurationError(
            f"database must have a schema up to version {len(STEPS)}, got {version}: "
            "upgrade groundup-auth"
        )
    for step in STEPS[version:]:
        for statement in step:
            transaction.count(statement.format(**dialect))
    if row is None:
        transaction.count("INSERT INTO auth_schema (version) VALUES (?)", len(STEPS))
    elif version < len(STEPS):
        transaction.count("UPDATE auth_schema SET version = ?", len(STEPS))
