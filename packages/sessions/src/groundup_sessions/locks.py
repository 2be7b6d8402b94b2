"""Lock a file against other threads and other processes.  Touches the disk.

    thread ─► a lock of this process ─► a lock of the system on the file ─► work

Both are needed: the system's lock holds processes apart, and on some systems belongs to the whole
process.  It is asked for again and again instead of waited for, because a wait has no time-out, and
a process that was stopped in the middle must not stop all others.  The system lets go of a lock
when its process ends, however it ends.
"""

import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundup_sessions.errors import SessionBackendError

__all__ = ["FileLock"]

FIRST_PAUSE, LONGEST_PAUSE = 0.0005, 0.02  # seconds

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> None:
        """Lock a file, or raise at once."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int) -> None:
        """Lock a file, or raise at once."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """A lock on a file, which is made if it is not there.  May be shared between threads.

    Args:
        path: The file.
        timeout: Seconds after which the wait for it is given up.
    """

    def __init__(self, path: Path, timeout: float = 10) -> None:
        self._path = path
        self._timeout = timeout
        self._lock = threading.Lock()

    @contextmanager
    def hold(self) -> Generator[None]:
        """Hold the lock.

        Raises:
            SessionBackendError: Somebody else held it for too long.
        """
        ends = time.monotonic() + self._timeout
        if not self._lock.acquire(timeout=self._timeout):
            raise self._late()
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                self._wait(descriptor, ends)
                yield
            finally:
                os.close(descriptor)  # lets go of the lock as well
        finally:
            self._lock.release()

    def _wait(self, descriptor: int, ends: float) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                try_lock(descriptor)
            except OSError:
                if time.monotonic() >= ends:
                    raise self._late() from None
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return

    def _late(self) -> SessionBackendError:
        return SessionBackendError(
            f"lock must be free within {self._timeout} seconds, somebody holds {self._path.name}"
        )
