"""SQLite, by the standard library's ``sqlite3``: touches files.

Three of its habits are changed for each connection: references are checked (``foreign_keys``),
a file is read while it is written (write-ahead log), and LIKE minds the case, as it does on
PostgreSQL.

A transaction opens at the first write, with ``BEGIN IMMEDIATE``.  Had it opened at the first read,
two sessions that both read and then write could never both go on: SQLite refuses the second at
once, whatever the busy timeout.  So reads before the first write see what is committed then.
The writers of one process stand in a queue, which SQLite does not have: see ``turns``.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from groundup_orm.dialects import Dialect, Outcome, quote_name
from groundup_orm.errors import (
    ConstraintKind,
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    TransactionConflict,
)
from groundup_orm.placeholders import split_statements
from groundup_orm.turns import Turns

__all__ = ["SQLiteDialect"]

FAILED = re.compile(r"(UNIQUE|NOT NULL|FOREIGN KEY|CHECK|PRIMARY KEY) constraint failed(?:: (.*))?")
KINDS: dict[str, ConstraintKind] = {
    "UNIQUE": "unique",
    "PRIMARY KEY": "unique",
    "NOT NULL": "not null",
    "FOREIGN KEY": "foreign key",
    "CHECK": "check",
}
BUSY = re.compile(r"locked|busy", re.IGNORECASE)
WRITE = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
OLDEST = (3, 35, 0)  # RETURNING


def format_moment(value: datetime) -> str:
    """Return a fixed width of text in UTC, so that sorting the text sorts the moments."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def format_datetime(value: datetime) -> str:
    """Return the text that SQLite keeps: moments as UTC, naive values as they are."""
    if value.tzinfo is None:
        return value.isoformat(" ", "microseconds")
    return format_moment(value)


def load_moment(text: str) -> datetime:
    """Return the moment that a text in UTC names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class SQLiteDialect(Dialect):
    """SQLite in a file or in memory."""

    name = "sqlite"
    binders = {  # noqa: RUF012 - declared a ClassVar in the base
        "boolean": int,
        "datetime": format_datetime,
        "json": json.dumps,
    }
    loaders = {  # noqa: RUF012 - declared a ClassVar in the base
        "boolean": bool,
        "datetime": load_moment,
        "naive datetime": datetime.fromisoformat,
        "json": json.loads,
    }
    # JSON and dates are TEXT: "JSON" and "DATETIME" would have numeric affinity, and turn the
    # JSON text 1.0 into the number 1.
    type_names = {  # noqa: RUF012 - declared a ClassVar in the base
        "integer": "INTEGER",
        "string": "TEXT",
        "text": "TEXT",
        "boolean": "BOOLEAN",
        "float": "REAL",
        "datetime": "TEXT",
        "naive datetime": "TEXT",
        "json": "TEXT",
        "binary": "BLOB",
    }
    # Without AUTOINCREMENT the number of the newest row is given out again once it is deleted.
    identity = "INTEGER PRIMARY KEY AUTOINCREMENT"
    snapshot_reads = False
    returns_keys = False  # lastrowid has them, and costs nothing
    alters_constraints = False

    def __init__(self, url: str, *, busy_timeout: float = 5.0) -> None:
        rest = url.removeprefix("sqlite:").removeprefix("//")
        path = unquote(rest.removeprefix("/"))
        if "?" in rest or (rest and not rest.startswith("/")):
            raise OperationalError(
                f"SQLite URL must be sqlite:// or sqlite:///path, got {url[:40]!r}"
            )
        self.path = path or ":memory:"
        self.single_connection = self.path == ":memory:"
        self.busy_timeout = busy_timeout
        self._turns = Turns()

    @property
    def safe_url(self) -> str:
        """The path as a URL."""
        return "sqlite://" if self.single_connection else f"sqlite:///{self.path}"

    def adapt(self, value: Any) -> Any:
        """Write moments as the columns do; the driver's own way is deprecated."""
        return format_datetime(value) if isinstance(value, datetime) else value

    def placeholder(self, number: int) -> str:
        """Return ``?``, whichever it is."""
        del number
        return "?"

    def translate(self, sql: str, count: int) -> str:
        """Return the query as it is: ``?`` is SQLite's own mark."""
        del count
        return sql

    def like(self, left: str, right: str, *, ignore_case: bool) -> str:
        """Fold case by Python's rules: SQLite's own lower() knows ASCII only."""
        if ignore_case:
            left, right = f"groundup_fold({left})", f"groundup_fold({right})"
        return f"{left} LIKE {right} ESCAPE '\\'"

    def limit(self, limit: str | None, offset: str | None) -> str:
        """SQLite has no OFFSET without LIMIT; -1 is none."""
        clause = f" LIMIT {limit or '-1'}" if limit or offset else ""
        return f"{clause} OFFSET {offset}" if offset else clause

    def lock_clause(self) -> str:
        """Return nothing: a writing transaction locks the whole database."""
        return ""

    def explain(self, sql: str) -> str:
        """Ask for the plan in words, not for the byte code."""
        return f"EXPLAIN QUERY PLAN {sql}"

    def plan(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, str]]:
        """Each row names its parent."""
        depths = {0: -1}
        lines: list[tuple[int, str]] = []
        for node, parent, _, detail in rows:
            depths[node] = depths.get(parent, -1) + 1
            lines.append((depths[node], str(detail)))
        return lines

    def connect(self) -> sqlite3.Connection:
        """Open the file.  The pool sees to it that one thread at a time uses the connection."""
        if sqlite3.sqlite_version_info < OLDEST:
            raise OperationalError(f"SQLite must be at least 3.35, got {sqlite3.sqlite_version}")
        if not self.single_connection and not Path(self.path).absolute().parent.is_dir():
            raise OperationalError(f"folder of the database must exist, got {self.path[:80]!r}")
        raw = sqlite3.connect(
            self.path,
            timeout=self.busy_timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            self._prepare(raw)
        except BaseException:
            raw.close()
            raise
        return raw

    def _prepare(self, raw: sqlite3.Connection) -> None:
        raw.create_function("groundup_fold", 1, fold_case, deterministic=True)
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA case_sensitive_like = ON")
        if not self.single_connection:
            self._enter_wal(raw)
            raw.execute("PRAGMA synchronous = NORMAL")  # with WAL: whole after a crash

    def _enter_wal(self, raw: sqlite3.Connection) -> None:
        """Turn the write-ahead log on; a new file must be had alone for that.

        SQLite does not wait for the others there, whatever the busy timeout.
        """
        deadline = time.monotonic() + self.busy_timeout
        while True:
            try:
                raw.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if not BUSY.search(str(error)) or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)

    def run(self, raw: Any, sql: str, parameters: Sequence[Any]) -> Outcome:
        """Run one statement and fetch all."""
        cursor = raw.execute(sql, parameters)
        return Outcome(cursor.fetchall(), cursor.description or (), max(cursor.rowcount, 0))

    def insert(
        self, raw: Any, sql: str, rows: Sequence[Sequence[Any]], *, returning: bool
    ) -> list[Any]:
        """Run them one by one where keys are wanted: the cost is in the rows, not in the calls."""
        if not returning:
            raw.executemany(sql, rows)
            return []
        cursor = raw.cursor()
        return [cursor.execute(sql, row).lastrowid for row in rows]

    def run_many(self, raw: Any, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run a statement for each row."""
        return int(raw.executemany(sql, rows).rowcount)

    def run_script(self, raw: Any, sql: str) -> None:
        """Run statement by statement: ``executescript`` would commit first."""
        for statement in complete_statements(sql):
            raw.execute(statement)

    def begin(self, *, write: bool) -> str:
        """Take the write lock at once, and wait for it."""
        return "BEGIN IMMEDIATE" if write else "BEGIN"

    def take_turn(self, sql: str = "") -> bool:
        """Stand in the queue of this database."""
        if self.single_connection or (sql and not WRITE.match(sql)):
            return False
        if not self._turns.take(self.busy_timeout):
            raise TransactionConflict(
                f"database is locked: another transaction must end within {self.busy_timeout:g} "
                "seconds: commit or close its session"
            )
        return True

    def give_turn(self) -> None:
        """Let the next one write."""
        self._turns.give()

    def has_transaction(self, raw: Any) -> bool:
        """SQLite ends a transaction itself for a full disk, or for OR ROLLBACK."""
        return bool(raw.in_transaction)

    def is_usable(self, raw: Any) -> bool:
        """A file does not hang up."""
        del raw
        return True

    def interrupt(self, raw: Any) -> None:
        """Make the running statement fail; nothing happens if there is none."""
        raw.interrupt()

    def table_exists(self, raw: Any, table: str) -> bool:
        """Look into the schema."""
        found = raw.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]
        )
        return found.fetchone() is not None

    def drop_table(self, table: str) -> str:
        """References are not checked then: see ``suspend_foreign_keys``."""
        return f"DROP TABLE IF EXISTS {quote_name(table)}"

    def lock_schema(self, raw: Any) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked the database."""

    def suspend_foreign_keys(self, raw: Any, *, off: bool) -> None:
        """DROP TABLE deletes its rows first, and with checks on that cascades into others."""
        raw.execute(f"PRAGMA foreign_keys = {'OFF' if off else 'ON'}")

    def find_broken_reference(self, raw: Any) -> str | None:
        """Look through all tables."""
        found = raw.execute("PRAGMA foreign_key_check").fetchone()
        return None if found is None else f"row {found[1]} of {found[0]} refers to no {found[2]}"

    def describe_error(self, error: Exception) -> DatabaseError | None:
        """Tell by the class, and by SQLite's fixed English messages."""
        message = str(error)
        if isinstance(error, sqlite3.IntegrityError):
            return describe_constraint(message)
        if isinstance(error, sqlite3.OperationalError):
            if BUSY.search(message):
                return TransactionConflict(message)
            if re.search(r"no such|syntax|near|has no column|already exists|incomplete", message):
                return ProgrammingError(message)
            return OperationalError(message)
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError | OverflowError):
            return ProgrammingError(message)
        return DatabaseError(message) if isinstance(error, sqlite3.Error) else None


def describe_constraint(message: str) -> IntegrityError:
    """Return the error for one of SQLite's four messages."""
    match = FAILED.search(message)
    if match is None:
        return IntegrityError(message)
    kind, detail = KINDS[match[1]], match[2] or ""
    if kind in {"foreign key", "check"}:
        return IntegrityError(message, kind=kind, constraint=detail or None)
    pairs = [name.rpartition(".") for name in detail.split(", ")]
    return IntegrityError(
        message, kind=kind, table=pairs[0][0] or None, columns=tuple(pair[2] for pair in pairs)
    )


def complete_statements(sql: str) -> Iterator[str]:
    """Yield the statements of a script; the body of a trigger has semicolons of its own."""
    started = ""
    for part in split_statements(sql):
        started += f"{part}\n;"  # after a line break: the part may end in a comment
        if sqlite3.complete_statement(started):
            yield started
            started = ""
    if started:
        yield started


def fold_case(value: Any) -> Any:
    """Return text without its case, for ``ilike``."""
    return value.lower() if isinstance(value, str) else value
