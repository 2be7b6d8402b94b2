"""A file as the body of a response; the one module that touches the disk.

The file is opened when the body is made, and its size is taken from what was opened.  So what
is announced is what is sent: a file that is replaced under its name in between changes nothing,
and one that is cut off is an error while sending, not a client that waits for ever.
"""

import os
import stat
from collections.abc import Iterator
from io import SEEK_END
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from groundup_response.errors import BodyError

__all__ = ["FileBody"]

PIECE = 64 * 1024  # bytes; larger ones gain nothing and wait longer for the first byte


class FileBody:
    """The bytes of a file, or a range of them, read piece by piece.

    A server that can hand a file to the kernel uses ``file``, ``offset`` and ``length``; every
    other iterates.  Each iteration starts at ``offset``, and one at a time: not shared between
    threads or tasks.  The file is closed by ``close``, also one that was passed in open.

    >>> import io
    >>> body = FileBody(io.BytesIO(b"0123456789"), offset=2, length=4)
    >>> body.length, b"".join(body)
    (4, b'2345')

    Args:
        source: A path, or a seekable file open for reading bytes.
        offset: Where to start.
        length: How many bytes; None for all that follow.

    Raises:
        BodyError: The file has not so many bytes, or is no regular file.
        OSError: It cannot be opened.
    """

    __slots__ = ("file", "length", "offset", "path")

    def __init__(
        self, source: str | PathLike[str] | BinaryIO, *, offset: int = 0, length: int | None = None
    ) -> None:
        self.path: Path | None = None
        if isinstance(source, str | PathLike):
            self.path = Path(source)
            self.file: BinaryIO = _open_regular(self.path)
        else:
            self.file = source
        try:
            self.offset, self.length = _check_range(self.file, offset, length)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes from ``offset`` on.

        Raises:
            BodyError: The file ended early.
        """
        position, left = self.offset, self.length
        while left:
            self.file.seek(position)  # another iteration may have moved it
            data = self.file.read(min(PIECE, left))
            if not data:
                name = self.path.name if self.path else "open file"
                raise BodyError(f"{name} must have {left} more bytes at {position}: it got shorter")
            position += len(data)
            left -= len(data)
            yield data

    def close(self) -> None:
        """Close the file; more than once is fine."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def _check_range(file: BinaryIO, offset: int, length: int | None) -> tuple[int, int]:
    """Return offset and length of a range that lies inside the file."""
    size = file.seek(0, SEEK_END)
    available = size - offset
    if offset < 0 or available < 0 or not 0 <= (length or 0) <= available:
        raise BodyError(f"range must lie inside the file's {size} bytes, got {length} at {offset}")
    return offset, available if length is None else length


def _open_regular(path: Path) -> BinaryIO:
    """Open a file for reading, and nothing that would block or has no size."""
    nonblocking = getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for its writer
    file = open(  # noqa: SIM115 - Path.open has no opener; the body closes it
        path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | nonblocking)
    )
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise BodyError(f"body must be a regular file, got {path.name[:40]!r}")
    return file
