"""Servers in processes of their own: their memory, descriptors and words are looked at."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":  # there is no fork, no signal and no limit there
    collect_ignore_glob = ["*.py"]

SLOW = float(os.environ.get("GROUNDUP_SLOW", "1"))
PATIENCE = 20 * SLOW
PROGRAMS = Path(__file__).with_name("programs.py")
# Ten thousand take half a minute on a small machine: GROUNDUP_CROWD=10000 has them all.
CROWD = int(os.environ.get("GROUNDUP_CROWD", "2000"))
OTHERS = 500  # descriptors that a test needs beside those of its clients
LIBRARY = 1  # descriptors that libuv opens by the way, and keeps


class Live:
    """A server that runs: asked over its port, looked at from outside."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has written to its standard error."""
        return self._log.read_text(encoding="utf-8")

    @property
    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def memory(self, line: str = "VmRSS") -> int:
        """Bytes of memory that it uses; with "VmHWM" the most that it ever did."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"^{line}:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024

    def connect(self, *, window: int | None = None) -> socket.socket:
        """Open a connection; a small window makes a client slow that does not read."""
        client = socket.socket()
        client.settimeout(PATIENCE)
        if window is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        client.connect(("127.0.0.1", self.port))
        return client

    def exchange(self, data: bytes) -> bytes:
        """Send bytes, and return all that comes until the server closes."""
        with self.connect() as client:
            client.sendall(data)
            return self.receive_all(client)

    @staticmethod
    def receive_all(client: socket.socket) -> bytes:
        """Read until the server closes; a reset is an end, too."""
        received = bytearray()
        try:
            while data := client.recv(65536):
                received += data
        except ConnectionError:
            pass
        return bytes(received)

    def get(self, target: str = "/") -> bytes:
        """Return the answer to a request of a well-behaved client."""
        head = f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        return self.exchange(head.encode())

    def wait_until_free(self, descriptors: int) -> None:
        """Wait until it has no more open than so many before."""
        end = time.monotonic() + PATIENCE
        while self.descriptors > descriptors + LIBRARY:
            assert time.monotonic() < end, f"{self.descriptors} descriptors are open"
            time.sleep(0.02)

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def end_well(process: "subprocess.Popen[str]") -> None:
    """Stop a server that runs still; however it was treated, it ends in order."""
    try:
        process.terminate()
        status = process.wait(PATIENCE)
    finally:
        process.kill()
    assert status == 0


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Start a server with the options of programs.py; it must end well when the test does."""
    if not Path("/proc/self/status").exists():
        pytest.skip("looks at processes through /proc")
    with ExitStack() as stack:

        def start(**options: Any) -> Live:
            log = tmp_path / f"log-{time.monotonic_ns()}"
            command = [sys.executable, str(PROGRAMS), json.dumps({"grace": 1.0, **options})]
            environ = {**os.environ, "TMPDIR": str(tmp_path)}
            file = stack.enter_context(log.open("w", encoding="utf-8"))
            process = stack.enter_context(
                subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=file, text=True, env=environ
                )
            )
            stack.callback(end_well, process)
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text(encoding="utf-8")
            return Live(process, int(line), log)

        yield start


@pytest.fixture(params=["asyncio", "uvloop"])
def live(request: pytest.FixtureRequest, serve: Callable[..., Live]) -> Live:
    """A server with the defaults, on each loop."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    return serve(loop=request.param)


@contextmanager
def more_descriptors(wanted: int) -> Generator[int]:
    """Let this process open many sockets; say how many it may."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    try:
        yield max(soft, allowed)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def crowd() -> Iterator[int]:
    """As many clients as there should be, or as descriptors allow."""
    with more_descriptors(CROWD + OTHERS) as allowed:
        yield min(CROWD, allowed - OTHERS)


@pytest.fixture
def program() -> Callable[[str], str]:
    """Find a program of others, or skip the test."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and Path(f"/usr/sbin/{name}").exists():
            path = f"/usr/sbin/{name}"
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
