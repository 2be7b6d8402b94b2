"""Prepare a folder for a site in production: names that change with the content, and gzip.

    static/app.css   --->   public/app.css                     for links that know no hash
                            public/app.css.gz
                            public/app.2cf24dba5fb0a30e.css    kept by browsers for a year
                            public/app.2cf24dba5fb0a30e.css.gz
                            public/.manifest.json              {"app.css": "app.2cf2….css"}

A page asks the manifest for the name of today, so that a browser never has to ask whether its copy
is still good, and never uses an old one.  What a style sheet refers to by itself is not rewritten:
it is found under its plain name, which is why that is there too.
"""

import gzip
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from groundup_httpparse import percent_encode
from groundup_staticfiles.codings import MIN_COMPRESS
from groundup_staticfiles.encoding import GAIN
from groundup_staticfiles.errors import StaticFilesError
from groundup_staticfiles.media import is_compressible, media_type

__all__ = ["Manifest", "collect"]

MANIFEST = ".manifest.json"  # a dot in front: it is not served
HASH_BYTES = 10
MAX_MANIFEST = 16 * 1024 * 1024  # bytes


class Manifest:
    """The names of today, by the names that a program knows; may be shared between threads.

    >>> manifest = Manifest({"app.css": "app.2cf24dba5fb0a30e26e8.css"})
    >>> manifest.url("app.css"), manifest.url("other.css", prefix="/assets/")
    ('/static/app.2cf24dba5fb0a30e26e8.css', '/assets/other.css')
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """Read the manifest of a folder that ``collect`` has written.

        Raises:
            StaticFilesError: There is none, or it is damaged.
        """
        path = Path(folder, MANIFEST)
        try:
            if path.stat().st_size > MAX_MANIFEST:
                raise StaticFilesError(f"manifest must not have more than {MAX_MANIFEST} bytes")
            names: Any = json.loads(path.read_bytes())
            return cls({str(name): str(hashed) for name, hashed in names.items()})
        except (OSError, ValueError, AttributeError) as error:
            if isinstance(error, StaticFilesError):
                raise
            raise StaticFilesError(
                f"folder must have a manifest, got none that can be read at {str(path)!r}:"
                " collect its files first"
            ) from None

    def url(self, name: str, prefix: str = "/static/") -> str:
        """Return the path to link to: with the hash when there is one."""
        return prefix + percent_encode(self.names.get(name, name), safe="/")


def collect(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Manifest:
    """Copy the files below a folder to another one, under both names, with gzip beside them.

    Links and names with a dot in front are left out.  Each file is replaced at once, so the target
    may be served meanwhile; nothing is deleted, because pages that are open still ask for what was
    there before.

    Raises:
        StaticFilesError: The source is no folder, or one lies in the other.
        OSError: A file cannot be read or written.
    """
    root, goal = Path(source).resolve(), Path(target).resolve()
    if not root.is_dir():
        raise StaticFilesError(f"source must be a folder, got {os.fspath(source)!r}")
    if root in (goal, *goal.parents) or goal in root.parents:
        raise StaticFilesError("source and target must not lie in each other")
    names: dict[str, str] = {}
    for path in _find_files(root):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        names[name] = hashed = _hashed_name(name, content)
        modified = path.stat().st_mtime_ns
        for copy in (goal / name, goal / hashed):
            _write(copy, content, modified)
            _write_gzip(copy, content, modified)
    _write(goal / MANIFEST, json.dumps(names, indent=1, sort_keys=True).encode())
    return Manifest(names)


def _find_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if path.name.startswith("."):
            continue
        if stat.S_ISDIR(mode):
            yield from _find_files(path)
        elif stat.S_ISREG(mode):
            yield path


def _hashed_name(name: str, content: bytes) -> str:
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.partition(".")
    digest = hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()
    if digest.isdigit() or digest.isalpha():  # once in ten thousand; it must not look like a date
        digest = f"a{digest[1:-1]}0"
    return f"{folder}{slash}{stem}.{digest}{dot}{suffix}" if dot else name


def _write_gzip(path: Path, content: bytes, modified: int) -> None:
    if len(content) < MIN_COMPRESS or not is_compressible(media_type(path.name)):
        return
    small = gzip.compress(content, 9, mtime=0)
    if len(small) < len(content) * GAIN:
        _write(path.with_name(f"{path.name}.gz"), small, modified)


def _write(path: Path, content: bytes, modified: int | None = None) -> None:
    """Write a file so that nobody ever sees the half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(content)
        if modified is not None:
            os.utime(part, ns=(modified, modified))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
