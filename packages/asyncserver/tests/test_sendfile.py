"""groundup_asyncserver.sendfile: whole files, in slices, as fast as the socket takes them."""

import asyncio
import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from groundup_asyncserver.sendfile import SLICE, FileSender, find_socket

pytestmark = pytest.mark.skipif(not hasattr(os, "sendfile"), reason="the system has no sendfile")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


async def send_all(sender: FileSender, theirs: socket.socket) -> bytes:
    """Send, reading on the other side whenever there is no more room."""
    received = bytearray()
    theirs.setblocking(False)
    while not sender.done:
        if not sender.send() and not sender.done:
            received += theirs.recv(10_000_000)
    while True:
        try:
            received += theirs.recv(10_000_000)
        except BlockingIOError:
            return bytes(received)


@pytest.mark.parametrize("size", [1, SLICE - 1, SLICE, SLICE + 1, SLICE * 2 + 7])
async def test_a_part_of_a_file_is_sent_whole(tmp_path: Path, pair: Any, size: int) -> None:
    data = b"before" + os.urandom(size) + b"after"
    path = tmp_path / "file"
    path.write_bytes(data)
    with path.open("rb") as file:
        sender = FileSender(asyncio.get_running_loop(), pair[0].fileno(), file, 6, size)

        received = await send_all(sender, pair[1])

    assert received == data[6 : 6 + size]
    assert sender.sent == size


async def test_a_file_that_ends_early_ends_the_sending(tmp_path: Path, pair: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"short")
    with path.open("rb") as file:
        sender = FileSender(asyncio.get_running_loop(), pair[0].fileno(), file, 0, 10)

        assert await send_all(sender, pair[1]) == b"short"

    assert sender.sent == 5


async def test_there_is_room_again_when_the_other_side_has_read(tmp_path: Path, pair: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 8_000_000)
    room = asyncio.Event()
    with path.open("rb") as file:
        sender = FileSender(asyncio.get_running_loop(), pair[0].fileno(), file, 0, 8_000_000)
        while sender.send():
            pass
        sender.watch(room.set)
        await asyncio.sleep(0.01)
        assert not room.is_set()

        while sender.sent and not room.is_set():
            pair[1].recv(1_000_000)
            await asyncio.sleep(0.001)
        sender.unwatch()
        before = sender.sent
        sender.send()

        assert sender.sent > before
        sender.close()
        sender.close()


async def test_a_file_may_refuse_before_each_slice(tmp_path: Path, pair: Any) -> None:
    class Changed(io.FileIO):
        asked = 0

        def fileno(self) -> int:
            self.asked += 1
            if self.asked > 1:
                raise RuntimeError("somebody has written into it")
            return super().fileno()

    path = tmp_path / "file"
    path.write_bytes(b"x" * SLICE * 2)
    with Changed(path) as file:
        file.asked = 0
        sender = FileSender(
            asyncio.get_running_loop(),
            pair[0].fileno(),
            file,
            0,
            SLICE * 2,
        )
        sender.send()

        with pytest.raises(RuntimeError, match="written into"):
            sender.send()


@pytest.mark.parametrize("kind", ["memory", "directory"])
async def test_what_is_no_file_is_refused_before_a_byte_is_sent(
    tmp_path: Path, pair: Any, kind: str
) -> None:
    class Directory(io.BytesIO):
        def fileno(self) -> int:
            return number

    number = os.open(tmp_path, os.O_RDONLY)
    file: BinaryIO = io.BytesIO(b"x") if kind == "memory" else Directory()
    try:
        sender = FileSender(asyncio.get_running_loop(), pair[0].fileno(), file, 0, 1)
        with pytest.raises(NotImplementedError):
            sender.send()
    finally:
        os.close(number)


async def test_a_client_that_is_gone_is_an_error(tmp_path: Path, pair: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    pair[1].close()
    with path.open("rb") as file:
        sender = FileSender(asyncio.get_running_loop(), pair[0].fileno(), file, 0, 100)

        with pytest.raises(ConnectionError):
            sender.send()


@pytest.mark.parametrize(
    ("extra", "buffered"),
    [
        pytest.param({}, 0, id="no socket"),
        pytest.param({"socket": True, "sslcontext": object()}, 0, id="tls"),
        pytest.param({"socket": True}, 1, id="bytes before it"),
        pytest.param({"socket": False}, 0, id="closed"),
    ],
)
def test_some_transports_have_no_way_for_files(pair: Any, extra: Any, buffered: int) -> None:
    class Transport:
        def get_extra_info(self, name: str) -> Any:
            value = extra.get(name)
            return {True: pair[0], False: closed}.get(value, value)

        def get_write_buffer_size(self) -> int:
            return buffered

    closed = socket.socket()
    closed.close()
    transport: Any = Transport()

    assert find_socket(transport) is None


async def test_a_plain_connection_has_one(pair: Any) -> None:
    transport, _ = await asyncio.get_running_loop().create_connection(
        asyncio.Protocol, sock=pair[0].dup()
    )
    try:
        number = find_socket(transport)
        assert number is not None
        assert number >= 0
    finally:
        transport.close()
        await asyncio.sleep(0)
