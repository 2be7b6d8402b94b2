"""A file that somebody has sent: in memory while it is small, on the disk when it is not.

This is the module that touches the disk.  The file on the way has no name (the system frees it
even when the process dies), so nobody can open it under one, and nothing is left to clean up.
``save`` gives it a name: one that is safe whatever was sent, and that was free before.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from io import BytesIO
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from groundup_forms.disposition import PartStart
from groundup_forms.errors import SpoolError
from groundup_forms.filenames import numbered, safe_filename
from groundup_httpparse import Headers

__all__ = ["UploadedFile"]

PIECE = 64 * 1024  # bytes
LARGE = 16 * 1024  # bytes of a piece that is kept as it is
MAX_NUMBER = 1000  # how many files of one name a folder may hold before ``save`` gives up
UNKNOWN_TYPE = "application/octet-stream"


class UploadedFile:
    """One uploaded file.

    >>> file = UploadedFile("avatar", "me.png", content_type="image/png")
    >>> file.write(b"PNG")
    >>> file.size, file.read(), file.read()
    (3, b'PNG', b'PNG')
    >>> file.close()

    It belongs to one form: threads and tasks may use it one after the other, not at the same time.

    Attributes:
        name: Of the field.
        filename: The last component of what was sent, without control characters; to show, and
            not to open: the sender chose it.
        content_type: What the sender says that it is, in lower case, without parameters;
            "application/octet-stream" when nothing was said.  A claim, not a fact.
        size: In bytes.
    """

    __slots__ = (
        "_file",
        "_part",
        "_pieces",
        "_spool",
        "content_type",
        "filename",
        "name",
        "size",
    )

    def __init__(
        self,
        name: str,
        filename: str = "",
        content_type: str = UNKNOWN_TYPE,
        *,
        spool: int = 1024 * 1024,
        part: PartStart | None = None,
    ) -> None:
        self.name = name
        self.filename = filename
        self.content_type = content_type
        self.size = 0
        self._file: BinaryIO = BytesIO()
        self._pieces: list[bytes | bytearray] = []  # in memory, and not yet in the file
        self._spool = spool
        self._part = part

    @classmethod
    def from_part(cls, part: PartStart, spool: int) -> Self:
        """Make an empty file for the part that begins."""
        return cls(
            part.name,
            part.filename or "",
            part.content_type or UNKNOWN_TYPE,
            spool=spool,
            part=part,
        )

    def __repr__(self) -> str:
        return f"<UploadedFile {self.filename!r} {self.content_type} {self.size} bytes>"

    @property
    def headers(self) -> Headers:
        """The header fields of the part, as sent."""
        return Headers() if self._part is None else self._part.headers

    @property
    def file(self) -> BinaryIO:
        """The content, open for reading, and to be closed only by ``close``."""
        if self._pieces:
            self._gather()
        return self._file

    @property
    def on_disk(self) -> bool:
        """Whether the content has outgrown the memory that it may use."""
        return not isinstance(self._file, BytesIO)

    def write(self, data: bytes) -> None:
        """Add bytes at the end, while the file arrives.

        Raises:
            SpoolError: The disk is full.
        """
        size = self.size + len(data)
        if isinstance(self._file, BytesIO) and size <= self._spool:
            self._keep(data)
        else:
            if isinstance(self._file, BytesIO):
                self._move_to_disk(self._file)
            try:
                self._file.write(data)
            except OSError as error:
                self.close()
                raise _spool_error(error) from error
        self.size = size

    def rewind(self) -> None:
        """Say that all bytes have arrived, and go to the first.

        Raises:
            SpoolError: The disk is full.
        """
        try:
            self.file.seek(0)
        except OSError as error:
            self.close()
            raise _spool_error(error) from error

    def read(self, size: int = -1) -> bytes:
        """Return all bytes, however often; with a size, the next so many from where ``file`` is.

        Raises:
            ValueError: The form has been closed.
        """
        if size >= 0:
            return self.file.read(size)
        file = self.file
        if isinstance(file, BytesIO):
            file.seek(0, os.SEEK_END)
            return file.getvalue()  # shares its memory, where ``read`` would copy it
        file.seek(0)
        return file.read()

    def chunks(self, size: int = PIECE) -> Iterator[bytes]:
        """Yield all bytes from the first on, in pieces of a size."""
        position = 0
        while position < self.size:
            self.file.seek(position)  # somebody may have moved it between two pieces
            data = self.file.read(size)
            position += len(data)
            yield data

    def save(self, target: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the file to a path, or into a folder under a safe form of its own name.

        In a folder a name that is taken gets a number.  A path that is taken is an error.  Either
        is replaced with ``overwrite``, at once and never by half.

        Returns:
            Where it is.

        Raises:
            FileExistsError: The path is taken.
            OSError: It cannot be written there; nothing is left behind.
        """
        path = Path(target)
        if path.is_dir():
            path /= safe_filename(self.filename)
            if not overwrite:
                return self._save_numbered(path)
        if overwrite:
            return self._replace(path)
        return self._save_new(path)

    def close(self) -> None:
        """Free memory and disk; more than once is fine."""
        self._pieces.clear()
        self._spool = -1  # what is written now meets a closed file
        try:
            self._file.close()
        except OSError:  # a full disk, met by the last bytes of a buffer that nobody will read
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _keep(self, data: bytes) -> None:
        """Keep a piece in memory: a large one as it is, small ones together.

        Many small objects would cost several times their bytes; to copy the large ones into a
        buffer that grows would cost more than all else that is done with them.
        """
        pieces = self._pieces
        if len(data) >= LARGE:
            pieces.append(data)
        elif pieces and isinstance(pieces[-1], bytearray):
            pieces[-1] += data
        else:
            pieces.append(bytearray(data))

    def _gather(self) -> None:
        """Join the pieces, which copies each byte for the first time, to the content of a file."""
        pieces, self._pieces = self._pieces, []
        if self.size > sum(map(len, pieces)):  # somebody has looked into the file in between
            pieces.insert(0, cast("BytesIO", self._file).getvalue())
        self._file = BytesIO(b"".join(pieces))
        self._file.seek(0, os.SEEK_END)

    def _move_to_disk(self, memory: BytesIO) -> None:
        pieces = [memory.getvalue(), *self._pieces]
        self._pieces.clear()
        try:
            file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed by close
        except OSError as error:
            raise _spool_error(error) from error
        self._file = file
        try:
            file.writelines(pieces)
        except OSError as error:
            self.close()
            raise _spool_error(error) from error

    def _save_numbered(self, path: Path) -> Path:
        for number in range(1, MAX_NUMBER + 1):
            name = path.name if number == 1 else numbered(path.name, number)
            try:
                return self._save_new(path.with_name(name))
            except FileExistsError:
                continue
        raise FileExistsError(
            f"folder must have a free name like {path.name!r}, {MAX_NUMBER} are taken"
        )

    def _save_new(self, path: Path) -> Path:
        """Write to a path that must be free; "x" also refuses a link that points nowhere."""
        file = path.open("xb")
        try:
            with file:
                for piece in self.chunks():
                    file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)  # after closing: Windows removes nothing that is open
            raise
        return path

    def _replace(self, path: Path) -> Path:
        whole = self._save_new(path.with_name(f".{secrets.token_hex(8)}.upload"))
        try:
            return whole.replace(path)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise


def _spool_error(error: OSError) -> SpoolError:
    return SpoolError(
        error.errno,
        f"an upload must fit on the disk: {os.strerror(error.errno or 0)};"
        f" free some space there, or set TMPDIR",
    )
