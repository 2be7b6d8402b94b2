"""A download from a real server, whose file changes under its hands; where the server is installed.

The server is a process of its own: this package does not stand on it.
"""

import os
import random
import re
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    find_spec("groundup_asyncserver") is None or os.name == "nt",
    reason="needs the server, and a system where an open file can be replaced",
)

SIZE = 24 * 1024 * 1024  # bytes: more than all buffers on the way
FIRST = 64 * 1024  # bytes that have come when the file changes
LOOPS = ["asyncio", *(["uvloop"] if find_spec("uvloop") else [])]
SERVING = "from groundup_staticfiles import StaticFiles\nfiles = StaticFiles('public')\n"


@pytest.fixture(params=LOOPS)
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[int]:
    """Serve a large file; give the port."""
    (tmp_path / "serving.py").write_text(SERVING)
    (tmp_path / "public").mkdir()
    content = random.Random(13).randbytes(SIZE)
    (tmp_path / "public" / "large.bin").write_bytes(content)
    command = [sys.executable, "-m", "groundup_asyncserver", "serving:files", "--port", "0"]
    command += ["--loop", request.param]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environ,
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+) ", process.stdout.readline())
            assert found is not None
            yield int(found[1])
        finally:
            process.terminate()


@contextmanager
def downloading(port: int) -> Generator[tuple[socket.socket, bytes]]:
    """Ask for the file and take its first bytes; give the connection and those."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        client.settimeout(60)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        data = b""
        while len(data) < FIRST:
            data += client.recv(FIRST)
        head, _, body = data.partition(b"\r\n\r\n")
        assert f"Content-Length: {SIZE}".encode() in head
        yield client, body


def read_rest(client: socket.socket, length: int) -> bytes:
    """Return what comes until all is there, or the connection ends, in whatever way."""
    data = bytearray()
    with suppress(ConnectionResetError):
        while len(data) < length and (piece := client.recv(1024 * 1024)):
            data += piece
    return bytes(data)


def change(path: Path, kind: str) -> None:
    status = path.stat()
    if kind == "truncated":
        os.truncate(path, status.st_size // 2)
    elif kind == "emptied":
        os.truncate(path, 0)
    elif kind == "longer":
        with path.open("ab") as file:
            file.write(b"more")
    elif kind == "written into":
        with path.open("r+b") as file:
            file.seek(status.st_size - 11)
            file.write(b"other bytes")
    elif kind == "replaced":
        path.with_name("new").write_bytes(b"new" * 1000)
        path.with_name("new").replace(path)
    else:
        path.unlink()


@pytest.mark.parametrize("kind", ["truncated", "emptied", "longer", "written into"])
def test_a_download_of_a_file_that_is_written_into_breaks_off(
    port: int, tmp_path: Path, kind: str
) -> None:
    with downloading(port) as (client, body):
        change(tmp_path / "public" / "large.bin", kind)

        rest = read_rest(client, SIZE - len(body))

    assert len(body) + len(rest) < SIZE


@pytest.mark.parametrize("kind", ["replaced", "removed"])
def test_a_download_of_a_file_that_is_replaced_or_removed_is_whole(
    port: int, tmp_path: Path, kind: str
) -> None:
    content = (tmp_path / "public" / "large.bin").read_bytes()
    with downloading(port) as (client, body):
        change(tmp_path / "public" / "large.bin", kind)

        rest = read_rest(client, SIZE - len(body))

    assert body + rest == content
