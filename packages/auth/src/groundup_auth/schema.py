"""The tables of the SQLite store, and the steps from each version of them to the next.

    users ──< sessions          a session ends with its user
      │  └──< resets            user_id NULL: for an address that nobody has
      └─────< recovery_codes

``PRAGMA user_version`` says how many steps were taken.  A step that was released is never changed:
a new one is added.
"""

import sqlite3

from groundup_auth.errors import ConfigurationError

__all__ = ["migrate"]

# AUTOINCREMENT: the id of a deleted user is never given again, whoever still holds a token of it.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            email TEXT NOT NULL,
            email_key TEXT NOT NULL,
            username TEXT,
            username_key TEXT,
            password_hash TEXT NOT NULL,
            epoch INTEGER NOT NULL DEFAULT 1,
            totp_secret TEXT,
            totp_pending TEXT,
            totp_step INTEGER NOT NULL DEFAULT -1
        )""",
        "CREATE UNIQUE INDEX users_email ON users (email_key)",
        "CREATE UNIQUE INDEX users_username ON users (username_key)",
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
            generation INTEGER NOT NULL DEFAULT 1,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX sessions_user ON sessions (user_id)",
        "CREATE INDEX sessions_expiry ON sessions (expires_at)",
        """CREATE TABLE resets (
            digest TEXT PRIMARY KEY,
            user_id INTEGER REFERENCES users ON DELETE CASCADE,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX resets_user ON resets (user_id)",
        "CREATE INDEX resets_expiry ON resets (expires_at)",
        """CREATE TABLE recovery_codes (
            user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
            digest TEXT NOT NULL,
            PRIMARY KEY (user_id, digest)
        ) WITHOUT ROWID""",
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that are missing, inside a transaction of the caller.

    Raises:
        ConfigurationError: The file was written by a later version of this package.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise ConfigurationError(
            f"database must have a schema up to version {len(STEPS)}, got {version}: "
            "upgrade groundup-auth"
        )
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")
