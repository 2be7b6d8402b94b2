"""Write a file so that nobody ever sees the half of it, and only if it is not there already.

    public/.f31c….part  --->  public/app.css       written beside it, then renamed: at once

Whoever has the old one open reads it to its end.  What is there with the same content and the same
time is left alone: caches, backups and ``rsync`` then see what has changed, and nothing else.
"""

import hashlib
import os
import secrets
import shutil
import stat
from functools import partial
from pathlib import Path

__all__ = ["Content", "digest_of", "holds", "size_of", "write"]

HASH_BYTES = 10

Content = bytes | Path
"""What a file is to have inside: bytes, or what another file has that is too large to be read."""


def digest_of(content: Content) -> str:
    """Return the hash that goes into a name."""
    make = partial(hashlib.blake2b, digest_size=HASH_BYTES)
    if isinstance(content, bytes):
        return make(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, make).hexdigest()


def size_of(content: Content) -> int:
    """Return how many bytes it is."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def holds(path: Path, content: Content, modified: int | None) -> bool:
    """Tell whether a file has this inside already, and the time if there must be one."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size != size_of(content):
            return False
        if modified is not None and status.st_mtime_ns != modified:
            return False
        if isinstance(content, bytes):
            return path.read_bytes() == content
        return digest_of(path) == digest_of(content)
    except OSError:  # it is not there, or we cannot tell
        return False


def write(path: Path, content: Content, modified: int | None) -> None:
    """Replace a file, or make it and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if isinstance(content, bytes):
            part.write_bytes(content)
        else:
            shutil.copyfile(content, part)
        if modified is not None:
            os.utime(part, ns=(modified, modified))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
