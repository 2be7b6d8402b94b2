"""Open files below a root, and never one outside; the module that touches the disk.

Where the system can open a name relative to an open folder, the path is walked: each folder is
opened in the one before it, and no link is followed.  There is no moment between looking and
opening, so nobody can put a link in between.  Elsewhere (Windows) the path is resolved, opened and
resolved again, and must have been the same file all the time.

With ``follow_symlinks`` links are followed wherever they lead: the owner of the root has said so.

A large file is sent long after it was opened.  When another one takes its name, or the name goes
away, the open one is still whole.  When somebody writes into it, what is sent is neither the one
nor the other, though its length may be right; so an open file is looked at again each time a part
of it has been read, or is handed to the kernel.
"""

import errno
import os
import stat
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from groundup_response import BodyError
from groundup_staticfiles.errors import PathError, StaticFilesError

__all__ = ["OpenFile", "Root", "WatchedFile"]

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)
READ = os.O_RDONLY | CLOSE_ON_EXEC | getattr(os, "O_BINARY", 0)
# A pipe must not wait for its writer, and a folder may be searchable without being readable.
FILE = READ | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | CLOSE_ON_EXEC | getattr(os, "O_DIRECTORY", 0)
CAN_WALK = os.open in os.supports_dir_fd and bool(NO_FOLLOW)

NOT_THERE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.ENXIO}
    | {getattr(errno, "EMLINK", errno.ELOOP), getattr(errno, "EFTYPE", errno.ELOOP)}  # the BSDs'
    | {getattr(errno, "ESTALE", errno.ENOENT)}  # removed by another client of a network's disk
)
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class WatchedFile(FileIO):
    """A file open for reading that is an error from when somebody writes into it.

    Belongs to one response.

    Args:
        number: The descriptor, which is closed together with this.
        status: What the file is like, and must stay like.
    """

    def __init__(self, number: int, status: os.stat_result) -> None:
        super().__init__(number, "rb")
        self._promised = (status.st_size, status.st_mtime_ns)

    def fileno(self) -> int:
        """Return the descriptor, for a kernel that sends the file by itself.

        Raises:
            BodyError: The file has been changed.
        """
        number = super().fileno()
        self._check(number)
        return number

    def read(self, size: int | None = -1, /) -> bytes:
        """Return bytes from where the file stands; b"" at its end.

        Raises:
            BodyError: The file has been changed.
        """
        data = super().read(-1 if size is None else size)
        self._check(super().fileno())
        return data

    def _check(self, number: int) -> None:
        status = os.fstat(number)
        if (status.st_size, status.st_mtime_ns) != self._promised:
            raise BodyError(
                f"file must stay as it is while it is sent, was written into (it had"
                f" {self._promised[0]} bytes, and has {status.st_size}): replace files instead"
            )


OpenFile = tuple[WatchedFile, os.stat_result]
"""An open regular file, and what it was like when it was opened."""


class Root:
    """A folder whose files may be read.

    Stateless: may be shared between threads.

    Raises:
        StaticFilesError: There is no such folder.
    """

    __slots__ = ("_open", "_text", "path")

    def __init__(self, directory: str | os.PathLike[str], *, follow_symlinks: bool = False) -> None:
        # Not resolved: a root that is a link may be switched to the next release at any time.
        self.path = Path(directory).absolute()
        self._text = str(self.path)
        if not self.path.exists():
            raise StaticFilesError(f"directory must exist, got {os.fspath(directory)!r}")
        if not self.path.is_dir():
            raise StaticFilesError(f"directory must be one, got the file {os.fspath(directory)!r}")
        self._open: Callable[[str, tuple[str, ...]], int]
        if follow_symlinks:
            self._open = open_following
        else:
            self._open = open_walking if CAN_WALK else open_comparing

    def open(self, names: tuple[str, ...]) -> OpenFile:
        """Open the regular file that the names lead to.

        Raises:
            PathError: There is none that may be served; status 404, 403 or 503.
        """
        try:
            number = self._open(self._text, names)
        except UnicodeEncodeError:
            raise PathError("the system cannot write this name") from None
        except OSError as error:
            raise _path_error(error, names) from None
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            os.close(number)
            message = f"only regular files are served, got {names[-1][:40]!r}"
            raise PathError(message, is_folder=stat.S_ISDIR(status.st_mode))
        return WatchedFile(number, status), status

    def locate(self, names: tuple[str, ...]) -> Path:
        """Return where the file is, for a look at whether it has changed."""
        return self.path.joinpath(*names)


def open_walking(root: str, names: tuple[str, ...]) -> int:
    """Open each name in the folder before it; a link anywhere is an error of the system."""
    # The first name is opened by way of the root: only the last name of a path is not followed.
    place, folder = f"{root}/{names[0]}", None
    try:
        for name in names[1:]:
            inner = os.open(place, FOLDER | NO_FOLLOW, dir_fd=folder)
            if folder is not None:
                os.close(folder)
            place, folder = name, inner
        return os.open(place, FILE | NO_FOLLOW, dir_fd=folder)
    finally:
        if folder is not None:
            os.close(folder)


def open_comparing(root: str, names: tuple[str, ...]) -> int:
    """Open a path that is its own resolution before and after, and the same file both times."""
    path = Path(os.path.realpath(root), *names)
    before = os.lstat(path)
    if stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(errno.ENOENT, "a folder")
    if not stat.S_ISREG(before.st_mode) or not _is_resolved(path):
        raise FileNotFoundError(errno.ENOENT, "a link, a folder or a device")
    number = os.open(path, FILE)
    after = os.fstat(number)
    if not os.path.samestat(before, after) or not _is_resolved(path):
        os.close(number)
        raise FileNotFoundError(errno.ENOENT, "replaced while it was opened")
    return number


def open_following(root: str, names: tuple[str, ...]) -> int:
    """Open a path as the system does."""
    path = Path(root, *names)
    if path.is_dir():  # which Windows cannot open, and says so in misleading words
        raise IsADirectoryError(errno.ENOENT, "a folder")
    return os.open(path, FILE)


def _is_resolved(path: Path) -> bool:
    return os.path.normcase(os.path.realpath(path)) == os.path.normcase(path)


def _path_error(error: OSError, names: tuple[str, ...]) -> PathError:
    """Return the answer to an error of the system; one that nobody can foresee is raised."""
    name = names[-1][:40]
    if error.errno in NOT_THERE:
        message = f"no file (or a link) at {name!r}: {os.strerror(error.errno or 0)}"
        return PathError(message, is_folder=isinstance(error, IsADirectoryError))
    if error.errno in FORBIDDEN:
        return PathError(f"the server may not read {name!r}", status=403)
    if error.errno in EXHAUSTED:
        return PathError(f"the system is exhausted: {os.strerror(error.errno or 0)}", status=503)
    raise error
