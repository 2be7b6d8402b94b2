"""Have the system send a file on the socket of a transport: sendfile(2).

    file ══► os.sendfile ══► socket        no byte of it comes through this process
                 └── full: wait until the socket can be written, on a second descriptor of it

asyncio's ``loop.sendfile`` would do this, but uvloop has none, and both refuse to watch the
descriptor of a transport; hence the second one.  The transport itself must have nothing to send
meanwhile, or its bytes would end up in the middle of the file.
"""

import asyncio
import errno
import io
import os
from collections.abc import Callable
from typing import Any, BinaryIO

__all__ = ["SLICE", "FileSender", "find_socket"]

SLICE = 256 * 1024  # bytes between two looks at the other connections
REFUSED = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSOCK})


def find_socket(transport: asyncio.Transport) -> int | None:
    """Return the descriptor that a file can be sent on, None when there is no such way."""
    if not hasattr(os, "sendfile") or transport.get_extra_info("sslcontext") is not None:
        return None
    connection: Any = transport.get_extra_info("socket")
    if connection is None or transport.get_write_buffer_size():
        return None
    number: int = connection.fileno()
    return None if number < 0 else number


class FileSender:
    """Sends one part of a file; close it afterwards.  Belongs to one event loop.

    Args:
        loop: The loop of the transport.
        out: The descriptor of its socket.
        file: What to send.  ``fileno`` is asked before each slice: a file may refuse there because
            somebody has written into it.
        offset: Where to start.
        size: How many bytes.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, out: int, file: BinaryIO, offset: int, size: int
    ) -> None:
        self.sent = 0
        """Bytes that the system has taken."""
        self.done = False
        """Whether that was all, or all that the file had."""
        self._loop = loop
        self._out = out
        self._file = file
        self._offset = offset
        self._size = size
        self._watched = -1

    def send(self) -> bool:
        """Send a slice, or what there is room for; say whether there was room for all of it.

        Raises:
            NotImplementedError: This file cannot be sent so; nothing of it has been.
            ConnectionError: The client is gone.
        """
        wanted = min(SLICE, self._size - self.sent)
        try:
            source = self._file.fileno()
            count = os.sendfile(self._out, source, self._offset + self.sent, wanted)
        except BlockingIOError:
            return False
        except (AttributeError, io.UnsupportedOperation):
            raise NotImplementedError("the file has no descriptor") from None
        except OSError as error:
            if self.sent or error.errno not in REFUSED:
                raise
            raise NotImplementedError(str(error)) from None
        self.sent += count
        self.done = not count or self.sent == self._size
        return count == wanted

    def watch(self, ready: Callable[[], None]) -> None:
        """Call a function when there is room again; it must call ``unwatch``."""
        if self._watched < 0:
            self._watched = os.dup(self._out)
        self._loop.add_writer(self._watched, ready)

    def unwatch(self) -> None:
        """Watch no longer."""
        if self._watched >= 0:
            self._loop.remove_writer(self._watched)

    def close(self) -> None:
        """Close the second descriptor."""
        if self._watched >= 0:
            self.unwatch()
            os.close(self._watched)
            self._watched = -1
