"""Keep what is known of files in memory, within bounds, as long as the disk agrees.

Each use asks the disk once (``stat``) whether the file is still the one that was read, so a change
is seen by the next request.  A file that was found there before is asked for by its path alone,
links and all: when it is the same file, by number and by time, it does not matter which way the
system went, because the bytes were read when the way was checked.

When room is needed, the oldest goes that has not been used since the last look (a clock): a use
then costs one assignment, and no lock.
"""

import os
import threading
from collections.abc import Callable

from groundup_response import BodyError
from groundup_staticfiles.content import File, Signature, Variant, make_tag, read_signature
from groundup_staticfiles.files import Root, WatchedFile

__all__ = ["FileChanged", "Store", "is_current"]

FieldsFor = Callable[[tuple[str, ...]], list[tuple[str, str]]]


class FileChanged(Exception):  # noqa: N818 - what happened, not what went wrong
    """A file was replaced between the look and the opening."""


class Store:
    """Files by the path of a request; may be shared between threads.

    Args:
        root: Where they are.
        fields_for: Returns the header fields of a file, by its names.
        max_bytes: How much memory all files may take.
        max_files: How many there may be.
        max_file: The largest file whose content is kept, in bytes.
    """

    def __init__(
        self, root: Root, fields_for: FieldsFor, *, max_bytes: int, max_files: int, max_file: int
    ) -> None:
        self._root = root
        self._fields_for = fields_for
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._max_file = max_file
        self._files: dict[str, File] = {}
        self._bytes = 0
        self._lock = threading.Lock()  # for every change of the two above

    def __len__(self) -> int:
        return len(self._files)

    @property
    def size(self) -> int:
        """How many bytes the files take in memory, more or less."""
        return self._bytes

    def get(self, key: str) -> File | None:
        """Return a file that has not changed since it was read, or None."""
        file = self._files.get(key)
        if file is None:
            return None
        try:  # as is_current does, without its call: this is on the way of every request
            current = read_signature(os.stat(file.path)) == file.signature  # noqa: PTH116 - slow
        except OSError:
            current = False
        if current:
            file.used = True
            return file
        self._forget(key)
        return None

    def load(self, key: str, names: tuple[str, ...]) -> File:
        """Read a file from the disk, and keep it.

        Raises:
            FileChanged: Somebody writes into it.
            PathError: There is none that may be served.
        """
        content, signature = self.read(names)
        etag = make_tag(content, signature)
        fields = self._fields_for(names)
        identity = Variant("identity", names, signature, content, etag, fields)
        file = File(str(self._root.locate(names)), identity, fields)
        self._keep(key, file)
        return file

    def read(self, names: tuple[str, ...]) -> tuple[bytes | None, Signature]:
        """Return the content of a file, None when it is too large, and what it was like.

        The signature is from before the content is read, so that a change meanwhile is seen.

        Raises:
            FileChanged: Somebody writes into it.
            PathError: There is none that may be served.
        """
        opened, status = self._root.open(names)
        with opened:
            small = status.st_size <= self._max_file
            return _read_whole(opened) if small else None, read_signature(status)

    def open(self, variant: Variant) -> WatchedFile:
        """Open the file of a variant that is too large to be kept.

        Raises:
            FileChanged: It is not the same any more: look again.
            PathError: It is gone.
        """
        opened, status = self._root.open(variant.names)
        if read_signature(status) != variant.signature:
            opened.close()
            raise FileChanged
        return opened

    def read_all(self, variant: Variant) -> bytes:
        """Return the content of a variant that is too large to be kept.

        Raises:
            FileChanged: It is not the same any more, or somebody writes into it.
            PathError: It is gone.
        """
        with self.open(variant) as opened:
            return _read_whole(opened)

    def grow(self, key: str, file: File, weight: int) -> None:
        """Count what has been added to a file after it was kept."""
        with self._lock:
            if self._files.get(key) is file:
                file.weight += weight
                self._bytes += weight
                self._make_room()

    def _keep(self, key: str, file: File) -> None:
        with self._lock:
            self._drop(key)
            self._files[key] = file
            self._bytes += file.weight
            self._make_room()

    def _forget(self, key: str) -> None:
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        file = self._files.pop(key, None)
        if file is not None:
            self._bytes -= file.weight

    def _make_room(self) -> None:
        """Drop files until the bounds hold; who was used since the last look is spared once."""
        files = self._files
        while files and (self._bytes > self._max_bytes or len(files) > self._max_files):
            key, file = next(iter(files.items()))
            if file.used:
                file.used = False
                del files[key]
                files[key] = file  # to the end
            else:
                self._drop(key)


def _read_whole(opened: WatchedFile) -> bytes:
    try:
        return opened.read()
    except BodyError:
        raise FileChanged from None


def is_current(path: str, signature: Signature) -> bool:
    """Tell whether a file is still the one that has been read."""
    try:
        return read_signature(os.stat(path)) == signature  # noqa: PTH116 - a Path costs as much again
    except OSError:
        return False
