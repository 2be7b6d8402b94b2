"""The codings that a file can be had in: files beside it, and gzip made on the fly.

    style.css          the file
    style.css.br       the same, compressed when the site was built: sent as it is
    style.css.gz       when it is missing, made at the first request and kept with the file

A sibling that is older than its file is left over from an earlier build, and not used.  While one
request makes the gzip, the others get the file as it is: a hundred clients at once must not
compress it a hundred times.
"""

import os
import time

from groundup_staticfiles.content import File, Variant, make_tag
from groundup_staticfiles.encoding import SUFFIXES, compress
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.media import is_compressible
from groundup_staticfiles.store import Store, is_current

__all__ = ["Codings", "Compression"]

MIN_COMPRESS = 512  # bytes: less fits into one packet either way
INTERVAL = 1.0  # seconds between two looks for siblings
SECOND = 10**9


class Compression:
    """Work that takes longer than a server's loop should wait: make the gzip of a file."""

    __slots__ = ("_codings", "file", "key")

    def __init__(self, codings: "Codings", key: str, file: File) -> None:
        self._codings = codings
        self.key = key
        self.file = file

    @property
    def size(self) -> int:
        """How many bytes have to be compressed."""
        return self.file.identity.size

    def run(self) -> Variant:
        """Do it; from any thread.

        Raises:
            FileChanged: The file has been replaced.
            PathError: The file is gone.
        """
        return self._codings.compress(self.key, self.file)


class Codings:
    """Find and make the codings of files; may be shared between threads.

    Args:
        store: Where files are read and kept.
        gzip: Whether to compress on the fly.
        max_compress: The largest file to compress, in bytes.
    """

    def __init__(self, store: Store, *, gzip: bool, max_compress: int) -> None:
        self._store = store
        self._gzip = gzip
        self._max_compress = max_compress

    def available(self, key: str, file: File) -> tuple[str, ...]:
        """Return what a file can be had in, the best first; looks at the disk once a second."""
        now = time.monotonic()
        if now - file.checked >= INTERVAL:
            self._look(key, file)
            file.checked = now
        return file.codings

    def get(self, key: str, file: File, coding: str) -> Variant | None:
        """Return a file in one of its codings, or None when that has to be made first."""
        variant = file.siblings.get(coding)
        if variant is None:
            return file.gzip if coding == "gzip" else file.identity
        if is_current(file.path + SUFFIXES[coding], variant.signature):
            return variant
        self._look(key, file)
        return file.siblings.get(coding, file.identity)

    def compress(self, key: str, file: File) -> Variant:
        """Make the gzip of a file and keep it; the file as it is when that is no gain.

        Raises:
            FileChanged: Somebody writes into it, or has replaced it.
            PathError: It is gone.
        """
        file.busy = True
        try:
            content = file.identity.content
            if content is None:
                content = self._store.read_all(file.identity)
            small = compress(content)
        finally:
            file.busy = False
        if small is None:
            file.compressible = False
            file.codings = tuple(coding for coding in file.codings if coding in file.siblings)
            return file.identity
        identity = file.identity
        etag = f'W/{identity.etag[:-1]}-gzip"'
        variant = Variant("gzip", identity.names, identity.signature, small, etag, file.fields)
        file.gzip = variant
        self._store.grow(key, file, len(small))
        return variant

    def _look(self, key: str, file: File) -> None:
        """Find the siblings of a file, and read those that are new."""
        identity = file.identity
        if not is_compressible(identity.headers["Content-Type"]):
            return
        if file.checked < 0:
            fits = MIN_COMPRESS <= identity.size <= self._max_compress
            file.compressible = self._gzip and fits
        siblings: dict[str, Variant] = {}
        for coding, suffix in SUFFIXES.items():
            variant = self._find_sibling(file, coding, suffix)
            if variant is not None:
                siblings[coding] = variant
                if variant is not file.siblings.get(coding):
                    self._store.grow(key, file, len(variant.content or b""))
        file.siblings = siblings
        file.codings = tuple(
            coding
            for coding in SUFFIXES
            if coding in siblings or (coding == "gzip" and file.compressible)
        )

    def _find_sibling(self, file: File, coding: str, suffix: str) -> Variant | None:
        path = file.path + suffix
        known = file.siblings.get(coding)
        if known is not None and is_current(path, known.signature):
            return known
        if not os.path.exists(path):  # noqa: PTH110 - a Path costs as much again
            return None
        *folders, name = file.identity.names
        names = (*folders, name + suffix)
        try:
            content, signature = self._store.read(names)
        except PathError:
            return None
        if signature[0] // SECOND < file.signature[0] // SECOND:  # archives keep whole seconds
            return None
        etag = f'{make_tag(content, signature)[:-1]}-{coding}"'
        return Variant(coding, names, signature, content, etag, file.fields)
