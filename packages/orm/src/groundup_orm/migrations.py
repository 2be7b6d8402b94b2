"""Change the tables of a database step by step, by plain SQL files that are applied once each.

    migrations/
        0001_create_users.sql              -- up
        0002_add_avatars.sqlite.sql        ALTER TABLE users ADD avatar TEXT;
        0002_add_avatars.postgresql.sql    -- down
                                           ALTER TABLE users DROP avatar;

Each file runs in a transaction of its own, together with the line in ``groundup_migrations`` that
says so: a migration is applied as a whole or not at all.  That line has a checksum of the SQL, so
a file that was changed after it was applied is found.  Runners on several machines wait for each
other: who comes second finds the work done.
"""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from groundup_orm.connection import Connection
from groundup_orm.database import Database
from groundup_orm.dialects import quote_name
from groundup_orm.errors import DatabaseError, MigrationError
from groundup_orm.instance import Entity
from groundup_orm.migrationfiles import Migration, draft, read_migrations

__all__ = ["MigrationState", "Migrator"]

TABLE = "groundup_migrations"
CREATE_TABLE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL
)"""


@dataclass(frozen=True)
class Applied:
    """One line of the table."""

    name: str
    checksum: str
    applied_at: datetime


@dataclass(frozen=True)
class MigrationState:
    """Where one migration stands.

    ``changed``: the file is not what was applied.  ``missing``: it was applied, and there is no
    file.  Both must be mended before anything else is applied.
    """

    version: int
    name: str
    state: Literal["applied", "pending", "changed", "missing"]
    applied_at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.version:04d} {self.name}: {self.state}"


class Migrator:
    """Applies the migrations of a folder to a database.  May be shared between threads.

    Args:
        database: Where.
        directory: The folder with the SQL files.
    """

    def __init__(self, database: Database, directory: str | Path) -> None:
        self.database = database
        self.directory = Path(directory)

    def read(self) -> list[Migration]:
        """Return the migrations for this database, in order.

        Raises:
            MigrationError: A file is not as it must be.
        """
        return read_migrations(self.directory, self.database.dialect.name)

    def status(self) -> list[MigrationState]:
        """Return where each migration stands, in order; changes nothing."""
        with self.database.pool.lend() as connection:
            exists = connection.dialect.table_exists(connection.raw, TABLE)
            applied = read_applied(connection) if exists else {}
        return compare(self.read(), applied)

    def pending(self) -> list[MigrationState]:
        """Return the migrations that ``upgrade`` would apply."""
        return [state for state in self.status() if state.state == "pending"]

    def upgrade(self, to: int | None = None) -> list[Migration]:
        """Apply what is pending, up to a version; return what was applied.

        Raises:
            MigrationError: A migration failed and was undone (those before it stay), or files and
                database disagree.
        """
        done: list[Migration] = []
        while (migration := self._step_up(to)) is not None:
            done.append(migration)
        return done

    def downgrade(self, steps: int = 1, *, to: int | None = None) -> list[Migration]:
        """Undo the last migrations: so many, or all after a version; return what was undone.

        Raises:
            MigrationError: A migration has no way down or failed, or files and database disagree.
        """
        if steps < 1:
            raise ValueError(f"steps must be at least 1, got {steps}")
        done: list[Migration] = []
        while to is not None or len(done) < steps:
            migration = self._step_down(to)
            if migration is None:
                break
            done.append(migration)
        return done

    def create(self, name: str, *models: type[Entity]) -> list[Path]:
        """Write the next migration: an empty one, or one that makes the tables of models.

        Tables are declared in other words on each database, so there will be a file for each.
        """
        return draft(self.directory, name, [model.__mapper__ for model in models])

    # -- one step --------------------------------------------------------------------------------

    def _step_up(self, to: int | None) -> Migration | None:
        """Apply the next migration in a transaction of its own; return None if there is none."""
        migrations = {migration.version: migration for migration in self.read()}
        with self._locked() as connection:
            states = compare(list(migrations.values()), read_applied(connection))
            check_agreement(states)
            waiting = [state.version for state in states if state.state == "pending"]
            if not waiting or (to is not None and waiting[0] > to):
                return None
            migration = migrations[waiting[0]]
            run(connection, migration, migration.up)
            connection.execute(
                f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)",  # noqa: S608 - a constant
                migration.version,
                migration.name,
                migration.checksum,
                datetime.now(UTC).isoformat(),
            )
        return migration

    def _step_down(self, to: int | None) -> Migration | None:
        """Undo the last migration in a transaction of its own; return None if there is none."""
        migrations = {migration.version: migration for migration in self.read()}
        with self._locked() as connection:
            states = compare(list(migrations.values()), read_applied(connection))
            check_agreement(states)
            applied = [state.version for state in states if state.state == "applied"]
            if not applied or (to is not None and applied[-1] <= to):
                return None
            migration = migrations[applied[-1]]
            if migration.down is None:
                raise MigrationError(f"{migration} must have a line '-- down' to be undone")
            run(connection, migration, migration.down)
            connection.execute(
                f"DELETE FROM {TABLE} WHERE version = ?",  # noqa: S608 - a constant
                migration.version,
            )
        return migration

    @contextmanager
    def _locked(self) -> Generator[Connection]:
        """Lend a connection in a transaction that no other runner shares."""
        with self.database.pool.lend() as connection:
            dialect = connection.dialect
            dialect.suspend_foreign_keys(connection.raw, off=True)  # SQLite rebuilds tables
            try:
                connection.begin()
                dialect.lock_schema(connection.raw)
                connection.run(CREATE_TABLE)
                yield connection
                broken = dialect.find_broken_reference(connection.raw)
                if broken:
                    raise MigrationError(f"references must be whole after a migration: {broken}")
                connection.commit()
            finally:
                if connection.in_transaction:
                    connection.rollback()
                dialect.suspend_foreign_keys(connection.raw, off=False)


def read_applied(connection: Connection) -> dict[int, Applied]:
    """Return what the database says was applied."""
    columns = "version, name, checksum, applied_at"
    rows = connection.fetch(f"SELECT {columns} FROM {quote_name(TABLE)}")  # noqa: S608 - constants
    return {
        row["version"]: Applied(
            row["name"], row["checksum"], datetime.fromisoformat(row["applied_at"])
        )
        for row in rows
    }


def compare(migrations: Sequence[Migration], applied: dict[int, Applied]) -> list[MigrationState]:
    """Return where each migration stands, in order."""
    files = {migration.version: migration for migration in migrations}
    states: list[MigrationState] = []
    for version in sorted({*files, *applied}):
        file, line = files.get(version), applied.get(version)
        if line is None and file is not None:
            states.append(MigrationState(version, file.name, "pending"))
        elif line is not None:
            same = file is not None and file.checksum == line.checksum
            state: Literal["applied", "changed", "missing"] = "applied" if same else "changed"
            if file is None:
                state = "missing"
            states.append(MigrationState(version, line.name, state, line.applied_at))
    return states


def check_agreement(states: Sequence[MigrationState]) -> None:
    """Refuse to go on from a state that nobody has written down."""
    for state in states:
        if state.state == "changed":
            raise MigrationError(
                f"migration must stay as it was applied, got another text for {state.version:04d} "
                f"{state.name}: put it back, and write a new migration for the change"
            )
        if state.state == "missing":
            raise MigrationError(
                f"file of migration {state.version:04d} {state.name} must exist: it was applied"
            )
    order = [state.state for state in states]
    if "applied" in order[order.index("pending") :] if "pending" in order else False:
        late = states[order.index("pending")]
        raise MigrationError(
            f"migration must come after those that were applied, got {late.version:04d} "
            f"{late.name}: give it the next number"
        )


def run(connection: Connection, migration: Migration, sql: str) -> None:
    """Run one direction of a migration."""
    if not re.search(r"\S", sql):
        return
    try:
        connection.run_script(sql)
    except DatabaseError as error:
        raise MigrationError(f"{migration} failed and was undone: {error}") from error
