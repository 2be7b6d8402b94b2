"""groundup_asyncserver.outgoing: every kind of body, framed and counted."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from groundup_asyncserver.outgoing import SLICE, SMALL_FILE, send_body
from groundup_response import BodyError, FileBody, Framing

HEAD = b"head\r\n\r\n"


class Outlet:
    """Keeps what is written, and can or cannot hand files to the kernel."""

    def __init__(self, *, kernel: bool = False) -> None:
        self.written = b""
        self.waits = 0
        self.threads: set[str] = set()
        self.handed: list[tuple[int, int]] = []
        self._kernel = kernel

    def write(self, data: bytes | memoryview) -> None:
        self.written += data

    async def writable(self) -> None:
        self.waits += 1

    async def send_file(self, file: BinaryIO, offset: int, size: int) -> int:
        if not self._kernel:
            raise NotImplementedError
        self.handed.append((offset, size))
        file.seek(offset)
        data = file.read(size)
        self.written += data
        return len(data)

    async def run_in_thread(self, function: Any, *args: Any) -> Any:
        def run() -> Any:
            self.threads.add(threading.current_thread().name)
            return function(*args)

        return await asyncio.to_thread(run)


def sync_pieces(*pieces: Any) -> Iterator[Any]:
    yield from pieces


async def async_pieces(*pieces: Any) -> AsyncIterator[Any]:
    for piece in pieces:
        yield piece


def given_pieces(*pieces: Any) -> list[Any]:
    return list(pieces)


@pytest.mark.parametrize("make", [sync_pieces, async_pieces, given_pieces])
@pytest.mark.parametrize(
    ("framing", "expected"),
    [
        (Framing.CHUNKED, b"2\r\nab\r\n2\r\n\xc3\xa9\r\n0\r\n\r\n"),
        (Framing.LENGTH, b"ab\xc3\xa9"),
        (Framing.CLOSE, b"ab\xc3\xa9"),
    ],
)
async def test_streams_are_framed(make: Any, framing: Framing, expected: bytes) -> None:
    outlet = Outlet()

    await send_body(outlet, make(b"ab", b"", "é"), framing, HEAD, 4)

    assert outlet.written == HEAD + expected
    assert outlet.waits == 3


@pytest.mark.parametrize("make", [sync_pieces, async_pieces])
@pytest.mark.parametrize("length", [1, 3])
async def test_a_stream_of_another_length_is_an_error(make: Any, length: int) -> None:
    outlet = Outlet()

    with pytest.raises(BodyError):
        await send_body(outlet, make(b"ab"), Framing.LENGTH, HEAD, length)

    assert len(outlet.written) - len(HEAD) <= length


async def test_bytes_can_end_with_the_connection() -> None:
    outlet = Outlet()

    await send_body(outlet, b"ab", Framing.CLOSE, HEAD, 0)

    assert outlet.written == HEAD + b"ab"


@pytest.mark.parametrize("size", [0, 1, SLICE - 1, SLICE, SLICE + 1, SLICE * 3 + 5])
async def test_many_bytes_are_sent_in_slices_and_whole(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    outlet = Outlet()

    await send_body(outlet, data[:size], Framing.LENGTH, HEAD, size)

    assert outlet.written == HEAD + data[:size]
    assert outlet.waits == max(1, -(-size // SLICE))


async def test_a_stream_that_breaks_off_has_no_last_chunk() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        raise KeyError("broken")

    outlet = Outlet()
    with pytest.raises(KeyError):
        await send_body(outlet, pieces(), Framing.CHUNKED, HEAD, 0)

    assert outlet.written == HEAD + b"2\r\nab\r\n"


async def test_a_sync_stream_is_pulled_in_a_thread_and_a_list_is_not() -> None:
    outlet = Outlet()
    await send_body(outlet, [b"a", b"b"], Framing.CHUNKED, HEAD, 0)
    assert not outlet.threads

    await send_body(outlet, sync_pieces(b"a"), Framing.CHUNKED, HEAD, 0)
    assert threading.current_thread().name not in outlet.threads
    assert outlet.threads


async def test_what_is_no_text_and_no_bytes_is_an_error() -> None:
    with pytest.raises(TypeError, match="a stream must give bytes or str, got int"):
        await send_body(Outlet(), sync_pieces(1), Framing.CHUNKED, HEAD, 0)


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("size", [0, 1, SMALL_FILE, SMALL_FILE + 1, SLICE * 2 + 5])
async def test_files_are_sent_whole(tmp_path: Path, size: int, kernel: bool) -> None:
    path = tmp_path / "file"
    data = bytes(range(256)) * (size // 256 + 1)
    path.write_bytes(data[:size])
    outlet = Outlet(kernel=kernel)

    with FileBody(path) as body:
        await send_body(outlet, body, Framing.LENGTH, HEAD, size)

    assert outlet.written == HEAD + data[:size]
    assert bool(outlet.handed) is (kernel and size > SMALL_FILE)


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("length", [10, SMALL_FILE * 3])
async def test_ranges_of_files_are_sent(kernel: bool, length: int) -> None:
    data = bytes(range(250)) * 4000
    outlet = Outlet(kernel=kernel)

    with FileBody(io.BytesIO(data), offset=77, length=length) as body:
        await send_body(outlet, body, Framing.LENGTH, b"", length)

    assert outlet.written == data[77 : 77 + length]


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("size", [100, SLICE * 2])
async def test_a_file_that_gets_shorter_is_an_error(
    tmp_path: Path, size: int, kernel: bool
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)

    with FileBody(path) as body:
        with path.open("r+b") as file:
            file.truncate(size - 1)
        with pytest.raises(BodyError):
            await send_body(Outlet(kernel=kernel), body, Framing.LENGTH, HEAD, size)
