"""Send a body that is made while it is sent.

    bytes, many       slice by slice
    sync iterable     pulled in a thread, piece by piece: it may block
    async iterable    awaited
    file, small       read at once: the page cache is faster than a thread
    file, large       handed to the kernel where the loop can, else read in a thread

After each piece the stream waits until the transport wants more, so a slow client costs 64 KiB and
not the whole body.  A stream that breaks off, or gives another number of bytes than was announced,
ends in an error: the connection is reset, because an end that looks good would be a lie.
"""

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
from typing import Any, BinaryIO, Protocol, cast

from groundup_response import (
    LAST_CHUNK,
    Body,
    BodyError,
    FileBody,
    Framing,
    LengthGuard,
    encode_chunk,
    encode_piece,
)

__all__ = ["Outlet", "Pulled", "send_body"]

SMALL_FILE = 64 * 1024  # bytes; read on the loop
SLICE = 128 * 1024  # bytes that the transport gets at once: a slow client is seen between
SENDFILE_REFUSED = (NotImplementedError, RuntimeError)  # of uvloop; of TLS and other transports
END: Any = object()

Stream = Iterable[bytes | str] | AsyncIterable[bytes | str]


class Outlet(Protocol):
    """What sending needs of its connection."""

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes, or keep them until they can be sent."""

    async def writable(self) -> None:
        """Wait until the transport wants more.

        Raises:
            ConnectionError: It never will.
        """

    async def send_file(self, file: BinaryIO, offset: int, size: int) -> int:
        """Have the kernel send a part of a file; return how many bytes it was, 0 at its end.

        Raises:
            NotImplementedError: This loop cannot.
            RuntimeError: This transport or this file cannot.
        """
        ...

    async def run_in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function that may block."""


async def send_body(outlet: Outlet, body: Body, framing: Framing, head: bytes, length: int) -> None:
    """Send a head and the body that belongs to it.

    Args:
        outlet: The connection.
        body: What to send.
        framing: How the head says that it ends.
        head: The head.
        length: How many bytes the body must have, with ``Framing.LENGTH``.

    Raises:
        BodyError: It has more or fewer.
        ConnectionError: The client is gone.
        Exception: Whatever the stream raised.
    """
    if isinstance(body, FileBody):
        await _send_file(outlet, body, head)
    elif isinstance(body, bytes):
        await _send_slices(outlet, body, head)
    else:
        outlet.write(head)
        await _send_stream(outlet, body, framing, length)


async def _send_slices(outlet: Outlet, body: bytes, head: bytes) -> None:
    """Send bytes that are all there, so that a transport keeps a part of them and no copy."""
    rest = memoryview(body)
    outlet.write(head + rest[:SLICE])
    for start in range(SLICE, len(body), SLICE):
        await outlet.writable()
        outlet.write(rest[start : start + SLICE])
    await outlet.writable()


async def _send_stream(outlet: Outlet, body: Stream, framing: Framing, length: int) -> None:
    guard = LengthGuard(length) if framing is Framing.LENGTH else None
    async for piece in _pull(outlet, body):
        data = encode_piece(piece)
        if framing is Framing.CHUNKED:
            data = encode_chunk(data)
        elif guard is not None:
            data = guard.add(data)
        if data:
            outlet.write(data)
        await outlet.writable()
    if guard is not None:
        guard.finish()
    if framing is Framing.CHUNKED:
        outlet.write(LAST_CHUNK)


def _pull(outlet: Outlet, body: Stream) -> AsyncIterable[bytes | str]:
    if isinstance(body, AsyncIterable):
        return body
    return Pulled(outlet.run_in_thread, body)


class Pulled:
    """The pieces of a sync iterable, pulled in a thread unless they are all there.

    One piece a hop, though two would be cheaper: the first may be wanted at once (an event), while
    the second takes an hour.
    """

    __slots__ = ("_iterator", "_pieces", "_run_in_thread")

    def __init__(
        self, run_in_thread: Callable[..., Awaitable[Any]], pieces: Iterable[bytes | str]
    ) -> None:
        self._run_in_thread = run_in_thread
        self._pieces = pieces
        self._iterator: Iterator[bytes | str] | None = None

    def __aiter__(self) -> "Pulled":
        return self

    async def __anext__(self) -> bytes | str:
        if isinstance(self._pieces, list | tuple):
            piece = self._next()
        else:
            piece = await self._run_in_thread(self._next)
        if piece is END:
            raise StopAsyncIteration
        return cast("bytes | str", piece)

    def _next(self) -> Any:
        if self._iterator is None:
            self._iterator = iter(self._pieces)
        return next(self._iterator, END)


async def _send_file(outlet: Outlet, body: FileBody, head: bytes) -> None:
    if body.length <= SMALL_FILE:
        outlet.write(b"".join([head, *body]))
        return
    outlet.write(head)
    position, left = body.offset, body.length
    try:
        while left:
            sent = await outlet.send_file(body.file, position, left)
            if not sent:
                raise BodyError(f"file must have {left} more bytes at {position}: it got shorter")
            position += sent
            left -= sent
    except SENDFILE_REFUSED:
        await _read_file(outlet, FileBody(body.file, offset=position, length=left))


async def _read_file(outlet: Outlet, rest: FileBody) -> None:
    async for piece in Pulled(outlet.run_in_thread, rest):
        outlet.write(encode_piece(piece))
        await outlet.writable()
