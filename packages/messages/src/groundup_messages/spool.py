"""Keep a body that arrives piece by piece; the one module that touches the disk.

Small bodies stay in memory, because most are small.  A large one goes on in a temporary file
without a name, which the system frees even when the process dies.  A disk that is full frees what
was kept so far at once: others may need that room.

It is written in place, not in a thread: the system copies a piece into its own memory, 0.3 ms for
the first MiB and less than 0.1 ms for each read after it, where the way to a thread and back costs
as much.  Only where the disk has long been unable to follow does a write wait for it.
"""

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator
from typing import BinaryIO, cast

from groundup_forms import SpoolError

__all__ = ["Spool"]

IN_MEMORY = 1024 * 1024  # bytes
PIECE = 64 * 1024  # bytes given back at a time
LARGE = 4 * 1024  # bytes of a piece that is kept as it came


class Spool:
    """Bytes in memory up to a size, in a temporary file beyond it.

    One writer, then readers, one at a time: not shared between threads or tasks.

    >>> spool = Spool(in_memory=4)
    >>> spool.write(b"wiki")
    >>> spool.write(b"pedia")
    >>> spool.on_disk, spool.read()
    (True, b'wikipedia')
    >>> spool.close()
    """

    __slots__ = ("_file", "_in_memory", "_pieces", "size")

    def __init__(self, *, in_memory: int = IN_MEMORY) -> None:
        self.size = 0
        self._in_memory = in_memory
        self._pieces: list[bytes | bytearray] = []
        self._file: BinaryIO | None = None

    @property
    def on_disk(self) -> bool:
        """Whether there is a file to be closed."""
        return self._file is not None

    def write(self, data: bytes) -> None:
        """Add bytes at the end.

        Raises:
            SpoolError: The disk is full.
        """
        if not data:
            return
        self.size += len(data)
        if self._file is None and self.size <= self._in_memory:
            pieces = self._pieces
            if len(data) >= LARGE:
                pieces.append(data)
            elif pieces and isinstance(pieces[-1], bytearray):
                pieces[-1] += data  # many small objects would take several times their bytes
            else:
                pieces.append(bytearray(data))
            return
        with self._disk_errors():
            if self._file is None:
                file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close
                self._file = cast("BinaryIO", file)
                self._file.writelines(self._pieces)
                self._pieces.clear()
            self._file.write(data)

    def finish(self) -> None:
        """Say that all bytes have arrived, so that readers meet no disk that is full.

        Raises:
            SpoolError: It is.
        """
        if self._file is not None:
            with self._disk_errors():
                self._file.flush()

    def read(self) -> bytes:
        """Return all bytes at once."""
        if self._file is None:
            whole = b"".join(self._pieces)
            self._pieces = [whole]  # a new list: whoever goes through the old one is not disturbed
            return whole
        self._file.seek(0)
        return self._file.read()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces, large ones as they came when they are in memory."""
        if self._file is None:
            for piece in self._pieces:
                yield bytes(piece)
            return
        position = 0
        while position < self.size:
            self._file.seek(position)
            data = self._file.read(PIECE)
            position += len(data)
            yield data

    def open(self) -> BinaryIO | None:
        """Return the file, at its start, or None when all is in memory; the spool closes it."""
        if self._file is not None:
            self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Forget the bytes and free the file; more than once is fine."""
        self._pieces.clear()
        if self._file is not None:
            with contextlib.suppress(OSError):  # of bytes that nobody will miss any more
                self._file.close()

    @contextlib.contextmanager
    def _disk_errors(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            self.close()
            raise SpoolError(
                error.errno,
                f"a body must fit on the disk: {os.strerror(error.errno or 0)};"
                f" free some space there, or set TMPDIR",
            ) from error
