"""Prepare a folder for a site in production: names that change with the content, and gzip.

    static/app.css   --->   public/app.css                     for links that know no hash
                            public/app.css.gz
                            public/app.2cf24dba5fb0a30e.css    kept by browsers for a year
                            public/app.2cf24dba5fb0a30e.css.gz
                            public/.manifest.json              {"app.css": "app.2cf2….css"}

A style sheet refers to other files, and must refer to their new names, which change its own
content and so its own name.  Files come first, then the sheets that need only them, then the
sheets that import those.  Sheets that import each other in a circle have no first one: there, the
reference to the next one keeps its plain name, which is served too.

What was compressed by somebody else (``app.css.br``) goes along with its file, under both names,
unless it is older or the file is a sheet that had to be rewritten.
"""

import gzip
import hashlib
import json
import math
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from groundup_httpparse import percent_encode
from groundup_staticfiles.codings import MIN_COMPRESS
from groundup_staticfiles.encoding import GAIN, SUFFIXES
from groundup_staticfiles.errors import StaticFilesError
from groundup_staticfiles.manifest import MANIFEST, Manifest
from groundup_staticfiles.media import is_compressible, media_type
from groundup_staticfiles.stylesheets import find_file, find_references, rewrite_references

__all__ = ["collect"]

HASH_BYTES = 10
MAX_READ = 64 * 1024 * 1024  # bytes; larger files are copied, and neither compressed nor rewritten
SAFE = "!$&*+,;=:@"  # in a reference, besides the unreserved: no quotes, no parentheses

Content = bytes | Path
"""What a file is to have inside: bytes, or what another file has that is too large to be read."""


def collect(
    source: str | os.PathLike[str], target: str | os.PathLike[str], *, prefix: str = "/static/"
) -> Manifest:
    """Copy the files below a folder to another one, under both names, with gzip beside them.

    Links and names with a dot in front are left out.  Each file is replaced at once, so the target
    may be served meanwhile; nothing but what was compressed from an earlier version is deleted,
    because pages that are open still ask for what was there before.

    Args:
        source: The folder of the program.
        target: The folder to serve.
        prefix: The path under which it will be served: references in style sheets that begin with
            it are rewritten, as relative ones are.

    Raises:
        StaticFilesError: The source is no folder, or one lies in the other.
        OSError: A file cannot be read or written.
    """
    root, goal = Path(source).resolve(), Path(target).resolve()
    if not root.is_dir():
        raise StaticFilesError(f"source must be a folder, got {os.fspath(source)!r}")
    if root in (goal, *goal.parents) or goal in root.parents:
        raise StaticFilesError("source and target must not lie in each other")
    return Collection(root, goal, prefix).run()


class Collection:
    """The work of one call of ``collect``; belongs to it alone."""

    def __init__(self, root: Path, goal: Path, prefix: str) -> None:
        self._goal = goal
        self._prefix = prefix
        self._files = {path.relative_to(root).as_posix(): path for path in _find_files(root)}
        self._modified = {name: path.stat().st_mtime_ns for name, path in self._files.items()}
        self._hashed: dict[str, str] = {}
        self._missing: dict[str, None] = {}  # a set with an order

    def run(self) -> Manifest:
        """Copy all files, each after those that it refers to."""
        sheets: dict[str, str] = {}
        for name, path in self._files.items():
            if self._belongs_to_another(name):
                continue
            content = path if path.stat().st_size > MAX_READ else path.read_bytes()
            if isinstance(content, bytes) and name.lower().endswith(".css"):
                sheets[name] = content.decode("utf-8", "surrogateescape")
            else:
                self._publish(name, content, as_it_was=True)
        for name in self._in_order(sheets):
            text = rewrite_references(sheets[name], partial(self._rename, name))
            content = text.encode("utf-8", "surrogateescape")
            self._publish(name, content, as_it_was=text == sheets[name])
        content = json.dumps(self._hashed, indent=1, sort_keys=True).encode()
        _write(self._goal / MANIFEST, content, None)
        return Manifest(self._hashed, missing=self._missing)

    def _belongs_to_another(self, name: str) -> bool:
        """Tell whether a file is a compressed copy of one beside it, as that is today."""
        stem, dot, suffix = name.rpartition(".")
        return (
            dot + suffix in SUFFIXES.values()
            and is_compressible(media_type(stem))
            and self._modified[name] >= self._modified.get(stem, math.inf)
        )

    # -- style sheets -------------------------------------------------------------------------

    def _in_order(self, sheets: dict[str, str]) -> Iterator[str]:
        """Yield the names of style sheets, each after those that it imports."""
        waiting: dict[str, set[str]] = {}
        for name, text in sheets.items():
            found = [find_file(name, url, self._prefix) for _, _, url in find_references(text)]
            waiting[name] = {to[0] for to in found if to and to[0] in sheets} - {name}
        while waiting:
            ready = [name for name, others in waiting.items() if others.isdisjoint(waiting)]
            for name in ready or [_find_circle(waiting)]:
                del waiting[name]
                yield name

    def _rename(self, sheet: str, url: str) -> str | None:
        """Return the reference that a style sheet must have in place of one that it has."""
        found = find_file(sheet, url, self._prefix)
        if found is None:
            return None
        name, head, rest = found
        if name not in self._files:
            line = f"{sheet}: {url}".encode("utf-8", "backslashreplace").decode()
            self._missing[line] = None
            return None
        hashed = self._hashed.get(name)
        if hashed is None:  # in a circle, or the sheet itself
            return None
        # The sheet is another one from when the last of its files became another one.
        self._modified[sheet] = max(self._modified[sheet], self._modified[name])
        last = percent_encode(hashed.rpartition("/")[2], SAFE)
        return percent_encode(head, f"{SAFE}/%") + last + percent_encode(rest, f"{SAFE}/%?#")

    # -- files --------------------------------------------------------------------------------

    def _publish(self, name: str, content: Content, *, as_it_was: bool) -> None:
        """Write a file under both names, with what is compressed of it."""
        self._hashed[name] = hashed = _hashed_name(name, _digest(content))
        modified = self._modified[name]
        compressed: dict[str, Content] = {}
        for suffix in SUFFIXES.values():
            small = name + suffix
            if as_it_was and small in self._files and self._belongs_to_another(small):
                compressed[suffix] = self._files[small]
        if ".gz" not in compressed and (made := _compress(name, content)) is not None:
            compressed[".gz"] = made
        for copy in dict.fromkeys((self._goal / name, self._goal / hashed)):
            for suffix in SUFFIXES.values():  # first, or the old could be taken for one of the new
                if name + suffix not in self._hashed:
                    copy.with_name(copy.name + suffix).unlink(missing_ok=True)
            _write(copy, content, modified)
            for suffix, one in compressed.items():
                _write(copy.with_name(copy.name + suffix), one, modified)


def _find_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if path.name.startswith("."):
            continue
        if stat.S_ISDIR(mode):
            yield from _find_files(path)
        elif stat.S_ISREG(mode):
            yield path


def _find_circle(waiting: dict[str, set[str]]) -> str:
    """Return a style sheet that imports itself by way of others."""
    seen: set[str] = set()
    name = min(waiting)
    while name not in seen:
        seen.add(name)
        name = min(waiting[name] & waiting.keys())
    return name


def _hashed_name(name: str, digest: str) -> str:
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.partition(".")
    if digest.isdigit() or digest.isalpha():  # once in ten thousand; it must not look like a date
        digest = f"a{digest[1:-1]}0"
    return f"{folder}{slash}{stem}.{digest}{dot}{suffix}" if dot else name


def _digest(content: Content) -> str:
    make = partial(hashlib.blake2b, digest_size=HASH_BYTES)
    if isinstance(content, bytes):
        return make(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, make).hexdigest()


def _compress(name: str, content: Content) -> bytes | None:
    if isinstance(content, Path) or len(content) < MIN_COMPRESS:
        return None
    if not is_compressible(media_type(name)):
        return None
    small = gzip.compress(content, 9, mtime=0)
    return small if len(small) < len(content) * GAIN else None


def _write(path: Path, content: Content, modified: int | None) -> None:
    """Write a file so that nobody ever sees the half of it."""
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
