"""Keep sessions in files: they survive a restart, and several processes of one machine share them.

    .sessions/              0700     drwx------
      3f.lock               held while a session of this shard is changed
      3f/a09c…e1.json       0600     {"expires_at": 1700043200.0, "texts": {"user_id": "42"}}
                                     its time of change is the last use of the session

A change is written to a new file, which then takes the place of the old one: a reader sees one or
the other, never half of each, and needs no lock.  A use changes only the time in the directory.  A
file that cannot be read as a session, because the power failed in the middle, is a dead session.
"""

import contextlib
import json
import logging
import os
import secrets
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from groundup_sessions.errors import SessionBackendError, SessionExpired, UnknownSession
from groundup_sessions.locks import FileLock
from groundup_sessions.store import Moment
from groundup_sessions.values import SessionLimits

__all__ = ["FileStore", "Record"]

SHARDS = [f"{number:02x}" for number in range(256)]
ABANDONED = 3600  # seconds after which a new file that never took its place is removed
REPLACE_TRIES = 20  # Windows refuses while somebody reads the old file

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says."""

    expires_at: float
    used_at: float
    texts: dict[str, str]


class FileStore:
    """Sessions in a folder.  May be shared between threads, and between processes of one machine.

    Args:
        directory: The folder, made for its owner alone if it is not there.
        durable: Wait at each change until the disk has it.  Without, a power failure may end the
            sessions of the last seconds.
        lock_timeout: Seconds to wait for somebody else's change.

    Raises:
        SessionBackendError: The folder cannot be used, or others may write to it.
    """

    blocking = True

    def __init__(
        self,
        directory: str | PathLike[str] = ".sessions",
        *,
        durable: bool = False,
        lock_timeout: float = 10,
    ) -> None:
        self._directory = Path(directory).absolute()  # the program may go to another folder
        self._durable = durable
        with working_on(self._directory):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            require_private(self._directory)
        self._locks = {
            shard: FileLock(self._directory / f"{shard}.lock", lock_timeout) for shard in SHARDS
        }

    def create(self, key: str, texts: Mapping[str, str], moment: Moment, expires_at: float) -> None:
        """Begin a session."""
        with self._changing(key):
            self._write(key, Record(expires_at, moment.now, dict(texts)))

    def load(self, key: str, moment: Moment) -> dict[str, str] | None:
        """Return the values of a session that is alive, which is a use of it."""
        path = self._find_path(key)
        with working_on(self._directory):
            record = read_record(path)
            if record is None or moment.is_over(record.expires_at, record.used_at):
                return None
            try:
                set_used(path, moment.now)
            except FileNotFoundError:  # it was ended a moment ago
                return None
            return record.texts

    def exists(self, key: str, moment: Moment) -> bool:
        """Return whether a session is alive, which is no use of it."""
        path = self._find_path(key)
        with working_on(self._directory):
            record = read_record(path)
        return record is not None and not moment.is_over(record.expires_at, record.used_at)

    def update(
        self,
        key: str,
        changes: Mapping[str, str],
        removed: Collection[str],
        moment: Moment,
        limits: SessionLimits,
    ) -> None:
        """Set and remove values, which is a use of the session."""
        with self._changing(key):
            record = self._get(key, moment)
            merged = {name: text for name, text in record.texts.items() if name not in removed}
            merged |= changes
            limits.check(merged)
            self._write(key, Record(record.expires_at, moment.now, merged))

    def rotate(self, key: str, new: str, moment: Moment) -> None:
        """Give a session another key; the old one is unknown from now on."""
        with self._changing(key, new):
            self._get(key, moment)
            path = self._find_path(new)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            replace(self._find_path(key), path)
            set_used(path, moment.now)

    def delete(self, key: str) -> bool:
        """End a session."""
        with self._changing(key):
            try:
                self._find_path(key).unlink()
            except FileNotFoundError:
                return False
            return True

    def purge(self, moment: Moment) -> int:
        """Remove what is dead, and return how many that were."""
        removed = 0
        for shard in SHARDS:
            if (self._directory / shard).is_dir():
                with working_on(self._directory), self._locks[shard].hold():
                    removed += sum(
                        remove_dead(path, moment) for path in (self._directory / shard).iterdir()
                    )
        return removed

    def list_records(self) -> Iterator[tuple[str, Record]]:
        """Yield the key of each session with what its file says, the dead ones too."""
        for path in sorted(self._directory.glob("??/*.json")):
            with working_on(self._directory):
                record = read_record(path)
            if record is not None:
                yield path.parent.name + path.stem, record

    def close(self) -> None:
        """Do nothing: no file stays open between two calls."""

    def _find_path(self, key: str) -> Path:
        return self._directory / key[:2] / f"{key[2:]}.json"

    @contextmanager
    def _changing(self, *keys: str) -> Generator[None]:
        """Hold the locks of keys, always in the same order so that nobody waits in a circle."""
        with working_on(self._directory), ExitStack() as stack:
            for shard in sorted({key[:2] for key in keys}):
                stack.enter_context(self._locks[shard].hold())
            yield

    def _get(self, key: str, moment: Moment) -> Record:
        record = read_record(self._find_path(key))
        if record is None:
            raise UnknownSession
        if moment.is_over(record.expires_at, record.used_at):
            raise SessionExpired
        return record

    def _write(self, key: str, record: Record) -> None:
        path = self._find_path(key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        text = json.dumps({"expires_at": record.expires_at, "texts": record.texts})
        new = path.parent / f"{secrets.token_hex(8)}.new"
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                if self._durable:
                    os.fsync(descriptor)
            set_used(new, record.used_at)
            replace(new, path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def read_record(path: Path) -> Record | None:
    """Return what a file says, or None if it is not there or says nothing that is a session."""
    try:
        with path.open("rb") as file:
            used_at = os.fstat(file.fileno()).st_mtime_ns / 1e9
            raw = file.read()
    except FileNotFoundError:
        return None
    try:
        found: Any = json.loads(raw)
        texts = {str(name): str(text) for name, text in found["texts"].items()}
        return Record(float(found["expires_at"]), used_at, texts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        logger.warning("file is not a session, so its session is dead: %s", path.name)
        return None


def remove_dead(path: Path, moment: Moment) -> bool:
    """Remove a file if its session is dead; return whether it was one."""
    if path.suffix == ".new":
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
        return False
    record = read_record(path)
    if record is not None and not moment.is_over(record.expires_at, record.used_at):
        return False
    path.unlink(missing_ok=True)
    return True


def set_used(path: Path, moment: float) -> None:
    """Remember when a session was used."""
    nanoseconds = int(moment * 1e9)
    os.utime(path, ns=(nanoseconds, nanoseconds))


def replace(new: Path, path: Path) -> None:
    """Put a file in the place of another."""
    for _ in range(REPLACE_TRIES - 1):
        try:
            new.replace(path)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.005)
        else:
            return
    new.replace(path)


def require_private(directory: Path) -> None:
    """Refuse a folder in which others could put a session of their own making."""
    if os.name == "nt":  # its permissions are not in the mode
        return
    mode = directory.stat().st_mode
    if mode & 0o022:
        raise SessionBackendError(
            f"folder of sessions must be its owner's to write, got mode {mode & 0o777:o}: "
            f"chmod 700 {directory}"
        )


@contextmanager
def working_on(directory: Path) -> Generator[None]:
    """Turn what the system says into the error that this package has for it."""
    try:
        yield
    except SessionBackendError:
        raise
    except OSError as error:
        raise SessionBackendError(
            f"sessions must be kept in {directory}, got {error.strerror or error}"
        ) from error
