"""Prepare a folder for a site in production: names that change with the content, compressed.

    static/app.css   --->   public/app.css                     for links that know no hash
                            public/app.css.gz                  .br, .zst: where there is a module
                            public/app.2cf24dba5fb0a30e.css    kept by browsers for a year
                            public/app.2cf24dba5fb0a30e.css.gz
                            public/.manifest.json              {"app.css": "app.2cf2….css"}

A style sheet refers to other files, and must refer to their new names, which change its own
content and so its own name.  Files come first, then the sheets that need only them, then the
sheets that import those.  Sheets that import each other in a circle have no first one: there, the
reference to the next one keeps its plain name, which is served too.

What was compressed by somebody else (``app.css.br``) goes along with its file, under both names,
unless it is older or the file is a sheet that had to be rewritten.

What is there already is left alone.  A name with a hash says what is inside, so what stands
compressed beside it is right, and is not made again: only the first time is slow.
"""

import json
import math
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from groundup_httpparse import percent_encode
from groundup_staticfiles.codings import MIN_COMPRESS
from groundup_staticfiles.copies import Content, digest_of, holds, size_of, write
from groundup_staticfiles.encoding import GAIN, SUFFIXES, Encoder, find_encoders
from groundup_staticfiles.errors import StaticFilesError
from groundup_staticfiles.manifest import MANIFEST, Manifest
from groundup_staticfiles.media import is_compressible, media_type
from groundup_staticfiles.stylesheets import find_file, find_references, rewrite_references

__all__ = ["Collected", "collect"]

MAX_READ = 64 * 1024 * 1024  # bytes; larger files are copied, and neither compressed nor rewritten
SAFE = "!$&*+,;=:@"  # in a reference, besides the unreserved: no quotes, no parentheses


@dataclass(frozen=True, slots=True)
class Collected:
    """One file of a collection.

    Attributes:
        name: Its plain name, below the source.
        hashed: Its name with the hash of its content.
        size: In bytes.
        compressed: How many bytes it has in each coding.
        changed: Whether something of it was, or would be, written.
    """

    name: str
    hashed: str
    size: int
    compressed: Mapping[str, int]
    changed: bool


def collect(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    prefix: str = "/static/",
    dry_run: bool = False,
    encoders: Mapping[str, Encoder] | None = None,
    on_file: Callable[[Collected], object] = lambda _: None,
) -> Manifest:
    """Copy the files below a folder to another one, under both names, compressed beside them.

    Links and names with a dot in front are left out.  Each file is replaced at once, so the target
    may be served meanwhile; nothing but what was compressed from an earlier version is deleted,
    because pages that are open still ask for what was there before.

    Args:
        source: The folder of the program.
        target: The folder to serve.
        prefix: The path under which it will be served: references in style sheets that begin with
            it are rewritten, as relative ones are.
        dry_run: Whether to write nothing, and only tell what would be; it takes as long, because
            only who compresses knows which files get smaller.
        encoders: How to compress, by coding: "br", "zstd" or "gzip".  By default gzip, and the
            others where a module for them is installed.
        on_file: Called for each file when it is done.

    Raises:
        StaticFilesError: The source is no folder, one lies in the other, or a coding is unknown.
        OSError: A file cannot be read or written.
    """
    encoders = find_encoders() if encoders is None else encoders
    if unknown := encoders.keys() - SUFFIXES.keys():
        raise StaticFilesError(f"coding must be br, zstd or gzip, got {min(unknown)[:40]!r}")
    root, goal = Path(source).resolve(), Path(target).resolve()
    if not root.is_dir():
        raise StaticFilesError(f"source must be a folder, got {os.fspath(source)!r}")
    if root in (goal, *goal.parents) or goal in root.parents:
        raise StaticFilesError("source and target must not lie in each other")
    return Collector(root, goal, prefix, encoders, on_file, dry_run=dry_run).run()


class Collector:
    """The work of one call of ``collect``; belongs to it alone."""

    def __init__(
        self,
        root: Path,
        goal: Path,
        prefix: str,
        encoders: Mapping[str, Encoder],
        on_file: Callable[[Collected], object],
        *,
        dry_run: bool,
    ) -> None:
        self._goal = goal
        self._prefix = prefix
        self._encoders = encoders
        self._on_file = on_file
        self._dry_run = dry_run
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
        self._write(self._goal / MANIFEST, content, None)
        return Manifest(self._hashed, missing=self._missing)

    def _belongs_to_another(self, name: str) -> bool:
        """Tell whether a file is a compressed copy of one beside it, as that is today."""
        stem, dot, suffix = name.rpartition(".")
        return (
            dot + suffix in SUFFIXES.values()
            and is_compressible(media_type(stem))
            and self._modified[name] >= self._modified.get(stem, math.inf)
        )

    def _is_its_own(self, name: str) -> bool:
        """Tell whether a file that is named like a compressed copy is none."""
        return name in self._files and not self._belongs_to_another(name)

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
        self._hashed[name] = hashed = _hashed_name(name, digest_of(content))
        compressed = dict(self._compress(name, content, as_it_was=as_it_was))
        taken = [coding for coding, suffix in SUFFIXES.items() if self._is_its_own(name + suffix)]
        free = {coding: small for coding, small in compressed.items() if coding not in taken}
        modified = self._modified[name]
        changed = self._write_all(self._goal / name, content, free, modified, keep=taken)
        if hashed != name:
            changed |= self._write_all(self._goal / hashed, content, compressed, modified)
        sizes = {coding: size_of(small) for coding, small in compressed.items()}
        self._on_file(Collected(name, hashed, size_of(content), sizes, changed))

    def _write_all(
        self,
        path: Path,
        content: Content,
        compressed: Mapping[str, Content],
        modified: int,
        *,
        keep: Collection[str] = (),
    ) -> bool:
        """Write a file with what is compressed of it; tell whether anything was not there."""
        new = not holds(path, content, modified)
        changed = False
        for coding, suffix in SUFFIXES.items():
            # Before the file is written, or the old could be taken for one of the new.
            if coding not in keep and (new or coding not in compressed):
                changed |= self._remove(path.with_name(path.name + suffix))
        changed |= self._write(path, content, modified)
        for coding, small in compressed.items():
            changed |= self._write(path.with_name(path.name + SUFFIXES[coding]), small, modified)
        return changed

    def _compress(
        self, name: str, content: Content, *, as_it_was: bool
    ) -> Iterator[tuple[str, Content]]:
        """Yield a file in all its codings: what came with it, what is there, what is made."""
        hashed = self._hashed[name]
        whole = content if isinstance(content, bytes) else b""
        suitable = len(whole) >= MIN_COMPRESS and is_compressible(media_type(name))
        for coding, suffix in SUFFIXES.items():
            given, made = name + suffix, self._goal / (hashed + suffix)
            if as_it_was and given in self._files and self._belongs_to_another(given):
                yield coding, self._files[given]
            elif suitable and hashed != name and made.is_file():
                yield coding, made.read_bytes()
            elif suitable and coding in self._encoders:
                small = self._encoders[coding](whole)
                if len(small) < len(whole) * GAIN:
                    yield coding, small

    def _write(self, path: Path, content: Content, modified: int | None) -> bool:
        """Write a file unless it is there; tell whether it was not."""
        if holds(path, content, modified):
            return False
        if not self._dry_run:
            write(path, content, modified)
        return True

    def _remove(self, path: Path) -> bool:
        """Remove a file if it is there; tell whether it was."""
        there = path.exists()
        if there and not self._dry_run:
            path.unlink()
        return there


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
