r"""Cut a stream of bytes where a protocol says so; no socket here, so both engines share it.

    arrived:   b"HELO exam"  b"ple.org\r\nDATA"
    taken:     take_until(b"\r\n", 512)  ->  None, more must come
                                             b"HELO example.org\r\n"

TCP keeps the order of bytes and nothing else: what was sent with one call may arrive in five pieces
or together with the next.  Where a message ends is the business of whoever reads.
"""

from groundup_tcpserver.errors import ConnectionClosed, LimitExceeded

__all__ = ["Buffer"]


class Buffer:
    r"""Bytes that have arrived and that nobody has read.

    >>> buffer = Buffer()
    >>> buffer.add(b"one\ntw")
    >>> buffer.take_until(b"\n", 100), buffer.take_until(b"\n", 100)
    (b'one\n', None)
    >>> buffer.add(b"o\n")
    >>> buffer.take_until(b"\n", 100)
    b'two\n'

    Each ``take_`` method takes all that it was asked for, or nothing: then it returns None.

    Args:
        most: How many bytes a message may have.
    """

    def __init__(self, most: int = 1024 * 1024) -> None:
        self._bytes = bytearray()
        self._most = most
        self._scanned = 0  # how much is known not to hold the delimiter
        self._ended = False

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, data: bytes) -> None:
        """Append what has arrived."""
        self._bytes += data

    def end(self) -> None:
        """Note that no more will arrive."""
        self._ended = True

    def take_some(self, size: int) -> bytes | None:
        """Take up to ``size`` bytes, as soon as there is one; b"" says that no more will come."""
        _check(size)
        if not self._bytes and not self._ended:
            return None
        return self._take(size)

    def take_exactly(self, size: int) -> bytes | None:
        """Take ``size`` bytes.

        Raises:
            LimitExceeded: More bytes than the buffer may hold.
            ConnectionClosed: So many will never come.
        """
        _check(size)
        if size > self._most:
            raise LimitExceeded(f"at most {self._most} bytes can be read at once, got {size}")
        if len(self._bytes) >= size:
            return self._take(size)
        self._wait(f"{size} bytes")
        return None

    def take_until(self, delimiter: bytes, limit: int) -> bytes | None:
        """Take everything up to a delimiter, and the delimiter.

        Raises:
            LimitExceeded: The delimiter does not end within ``limit`` bytes.
            ConnectionClosed: It will never come.
        """
        _check(limit)
        limit = min(limit, self._most)
        if not delimiter:
            raise ValueError("delimiter must have at least one byte, got none")
        place = self._bytes.find(delimiter, self._scanned, limit)
        if place >= 0:
            return self._take(place + len(delimiter))
        if len(self._bytes) >= limit:
            raise LimitExceeded(f"{delimiter!r} must come within {limit} bytes")
        self._scanned = max(0, len(self._bytes) - len(delimiter) + 1)
        self._wait(repr(delimiter))
        return None

    def _take(self, size: int) -> bytes:
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        self._scanned = 0
        return taken

    def _wait(self, wanted: str) -> None:
        """Say that more must come, unless it cannot."""
        if self._ended:
            partial = self._take(len(self._bytes))
            raise ConnectionClosed(f"{wanted} must come, got {len(partial)} and the end", partial)


def _check(size: int) -> None:
    if size < 1:
        raise ValueError(f"number of bytes must be positive, got {size}")
