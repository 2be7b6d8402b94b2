"""Read and write the SQL files of migrations: touches files.

    0002_add_avatars.postgresql.sql     number, name, and the database if not for all

    -- up
    ALTER TABLE users ADD avatar TEXT;
    -- down
    ALTER TABLE users DROP avatar;

The two lines divide the file; what stands before ``-- up`` is for people.  Without ``-- down``
there is no way back.  A file cannot end the transaction that it runs in: the words that would are
refused when it is read, not when half of it is done.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundup_orm.dialects import Dialect, quote_name
from groundup_orm.errors import MigrationError, ProgrammingError
from groundup_orm.mapper import Mapper
from groundup_orm.placeholders import tokens
from groundup_orm.postgresql import PostgreSQLDialect
from groundup_orm.schema import create_statements, sort_tables
from groundup_orm.sqlite import SQLiteDialect, complete_statements

__all__ = ["Migration", "draft", "read_migrations"]

FILE = re.compile(r"(\d{4,10})_(\w{1,100})(?:\.(sqlite|postgresql))?\.sql", re.ASCII)
MARK = re.compile(r"^--[ \t]*(up|down)[ \t]*$", re.IGNORECASE | re.MULTILINE)
LONGEST = 16 * 1024 * 1024  # bytes of one file
ENDS_TRANSACTION = {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"}
EMPTY = "-- up\n\n-- down\n"


@dataclass(frozen=True)
class Migration:
    """One migration: the SQL of both directions."""

    version: int
    name: str
    up: str
    down: str | None

    @property
    def checksum(self) -> str:
        """A fingerprint of what is applied; the way down may still be mended."""
        return hashlib.sha256(self.up.strip().encode()).hexdigest()

    def __str__(self) -> str:
        return f"migration {self.version:04d} {self.name}"


def read_migrations(directory: Path, dialect: str) -> list[Migration]:
    """Return the migrations of a folder for one database, in order.

    Raises:
        MigrationError: The folder or a file is not as it must be.
    """
    if not directory.is_dir():
        raise MigrationError(f"folder of migrations must exist, got {str(directory)[:80]!r}")
    found: dict[int, Migration] = {}
    for path in sorted(directory.glob("*.sql")):
        match = FILE.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"migration must be called 0001_name.sql, got {path.name[:60]!r}")
        if match[3] not in {None, dialect}:
            continue
        version = int(match[1])
        if version in found:
            raise MigrationError(
                f"there must be one migration {match[1]}, got another: {path.name}"
            )
        found[version] = parse(path, version, match[2])
    return [found[version] for version in sorted(found)]


def parse(path: Path, version: int, name: str) -> Migration:
    """Return the migration that a file holds."""
    if path.stat().st_size > LONGEST:
        raise MigrationError(f"{path.name} must have at most {LONGEST} bytes")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MigrationError(f"{path.name} must be UTF-8: {error}") from None
    marks = list(MARK.finditer(text))
    if [mark[1].lower() for mark in marks] not in (["up"], ["up", "down"]):
        raise MigrationError(
            f"{path.name} must have one line '-- up', and may have '-- down' after"
        )
    end = marks[1].start() if len(marks) > 1 else len(text)
    down = text[marks[1].end() :] if len(marks) > 1 else None
    if not is_empty(text[: marks[0].start()]):
        raise MigrationError(f"{path.name} must have its SQL after the line '-- up'")
    migration = Migration(version, name, text[marks[0].end() : end], down)
    for sql in (migration.up, migration.down or ""):
        check(path.name, sql)
    return migration


def is_empty(sql: str) -> bool:
    """Whether there are only comments."""
    return all(kind in {"line", "comment"} or text.isspace() for kind, text in tokens(sql))


def check(filename: str, sql: str) -> None:
    """Refuse SQL that would end the transaction it runs in."""
    try:
        statements = list(complete_statements(sql))
    except ProgrammingError as error:
        raise MigrationError(f"{filename}: {error}") from None
    for statement in statements:
        code = "".join(t for kind, t in tokens(statement) if kind not in {"line", "comment"})
        word = re.match(r"[\s;]*(\w*)", code)
        if word is not None and word[1].lower() in ENDS_TRANSACTION:
            raise MigrationError(
                f"{filename} must not say {word[1].upper()}: each migration runs in a transaction"
            )


def draft(directory: Path, name: str, mappers: Sequence[Mapper]) -> list[Path]:
    """Write the files of the next migration; return their paths."""
    slug = re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_")
    if not slug or len(slug) > 100:  # noqa: PLR2004 - as in FILE
        raise MigrationError(f"name must have 1 to 100 letters or digits, got {name[:40]!r}")
    directory.mkdir(parents=True, exist_ok=True)
    numbers = [int(match[1]) for p in directory.iterdir() if (match := FILE.fullmatch(p.name))]
    stem = f"{max(numbers, default=0) + 1:04d}_{slug}"
    texts = {f"{stem}.sql": EMPTY}
    if mappers:
        dialects: tuple[Dialect, ...] = (SQLiteDialect("sqlite://"), PostgreSQLDialect(""))
        texts = {f"{stem}.{one.name}.sql": tables_script(mappers, one) for one in dialects}
    for filename, text in texts.items():
        with (directory / filename).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return [directory / filename for filename in texts]


def tables_script(mappers: Iterable[Mapper], dialect: Dialect) -> str:
    """Return the two directions of making the tables of models."""
    ordered, late = sort_tables(mappers)
    up = [f"{statement};" for statement in create_statements(ordered, dialect)]
    drop = "DROP TABLE {} CASCADE;" if dialect.alters_constraints and late else "DROP TABLE {};"
    down = [drop.format(quote_name(mapper.table)) for mapper in reversed(ordered)]
    return "\n".join(["-- up", *up, "", "-- down", *down, ""])
