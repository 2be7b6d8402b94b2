"""Keep compiled Python on disk: the second module that touches it, and only if it is asked to.

    Environment("templates", cache=FileCache("/var/cache/site"))

Whoever may write into such a folder can run code in the program.  So it must belong to the user of
the process, and nobody else may write into it or into a folder above it (``/tmp`` keeps what is in
it from others): as ssh treats its keys.  An entry is opened without following links and must be a
file of that user, too; its digest finds what a crash or a full disk has cut off, before ``marshal``
sees it.

The key of an entry is the digest of the generated Python with its places in the template, and of
the Python that compiled it.  Whatever changes, the template, an option, this package, is then
another entry: none is ever stale.
"""

import hashlib
import marshal
import os
import stat
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Protocol

from groundup_templating.errors import TemplateError

__all__ = ["CodeCache", "FileCache", "check_folder", "make_key"]

SUFFIX = ".tplc"
MAX_FILES = 2000
MAX_BYTES = 33_554_432
DIGEST_BYTES = hashlib.sha256().digest_size
WRITABLE = stat.S_IWGRP | stat.S_IWOTH
NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class CodeCache(Protocol):
    """Something that keeps compiled code; a cache that fails has nothing, and raises nothing."""

    def load(self, key: str, /) -> CodeType | None:
        """Return what was stored, or None."""
        ...

    def store(self, key: str, code: CodeType, /) -> None:
        """Keep compiled code."""
        ...


def make_key(python: str, filename: str, places: object) -> str:
    """Return the key of generated Python: the same only where the compiled code is the same."""
    compiler = (MAGIC_NUMBER, sys.implementation.cache_tag, sys.flags.optimize)
    return hashlib.sha256(repr((compiler, filename, places, python)).encode()).hexdigest()


def current_user() -> int | None:
    """Return the number of the user of this process, or None where users have none (Windows)."""
    return os.geteuid() if sys.platform != "win32" else None


def check_folder(folder: Path, user: int | None) -> None:
    """Refuse a folder into which others than this user may write.

    Raises:
        TemplateError: The folder, or one above it, is not safe to run code from.
    """
    if user is None:
        # Nothing tells cheaply who may write: a profile is its user's own unless they changed it.
        if not folder.is_relative_to(Path.home().resolve()):
            raise TemplateError(f"a cache of code must be in the home of its user, got {folder}")
        return
    for place in [folder, *folder.parents]:
        found = place.stat()
        if found.st_uid not in ({user} if place == folder else {user, 0}):
            raise TemplateError(
                f"a cache of code must belong to the user of the process, {user}, but {place} "
                f"belongs to {found.st_uid}: use a folder of your own"
            )
        kept = place != folder and found.st_mode & stat.S_ISVTX
        if found.st_mode & WRITABLE and not kept:
            raise TemplateError(
                f"a cache of code must be writable for its owner only, but others can write to "
                f"{place}: chmod go-w, or use another folder"
            )


class FileCache:
    """Keep compiled templates in a folder, which is made if it does not exist.

    Threads and processes may share it: an entry is written aside and moved to its place.  A folder
    with 2,000 entries is emptied before the next one.

    Raises:
        TemplateError: Others may write into the folder.
    """

    def __init__(self, folder: str | Path) -> None:
        self._user = current_user()
        try:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder = Path(folder).resolve(strict=True)
            check_folder(self.folder, self._user)
        except OSError as error:
            raise TemplateError(f"a cache of code needs a folder: {error}") from None

    def load(self, key: str, /) -> CodeType | None:
        """Return what was stored, or None."""
        try:
            data = self._read(self.folder / f"{key}{SUFFIX}")
        except OSError:
            return None
        digest, content = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
        if digest != hashlib.sha256(key.encode() + content).digest():
            return None
        code = marshal.loads(content)  # noqa: S302 - written by this user alone, and whole
        return code if isinstance(code, CodeType) else None

    def _read(self, path: Path) -> bytes:
        with os.fdopen(os.open(path, os.O_RDONLY | NO_LINKS), "rb") as file:
            found = os.fstat(file.fileno())
            shared = found.st_uid != self._user or found.st_mode & WRITABLE
            if not stat.S_ISREG(found.st_mode) or (self._user is not None and shared):
                return b""
            return file.read(MAX_BYTES)

    def store(self, key: str, code: CodeType, /) -> None:
        """Keep compiled code."""
        import tempfile  # noqa: PLC0415 - costs time to start, and most have no folder of code

        content = marshal.dumps(code)
        digest = hashlib.sha256(key.encode() + content).digest()
        with suppress(OSError):  # a full or vanished disk is no reason not to show a page
            if sum(1 for _ in self.folder.iterdir()) >= MAX_FILES:
                self.clear()
            handle, name = tempfile.mkstemp(SUFFIX, "part-", self.folder)  # for this user alone
            aside = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(digest + content)
                aside.replace(self.folder / f"{key}{SUFFIX}")
            finally:
                aside.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all entries."""
        for path in self.folder.glob(f"*{SUFFIX}"):
            path.unlink(missing_ok=True)
