"""Measure what a static file costs: microseconds of CPU per request, on sockets.

    python tests/benchmarks/components/staticfiles.py            all cases, interleaved
    python tests/benchmarks/components/staticfiles.py --quick    only show that it works

CPU time of the server's process, kernel included, says what a request costs whatever else the
machine is doing, but for what others do to its caches: so the lowest of many short rounds counts,
and a server that answers with the same bytes and never thinks (``canned``) is measured beside
ours, as the measure of the machine.  Clients keep their connections open.
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psutil

from groundup_asyncserver import Server, serve
from groundup_staticfiles import StaticFiles

KIB, MIB = 1024, 1024**2
FIELDS = "Host: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n"
STYLE = "a[href='/{number}'] {{ color: #{number:06x} }}\n"


class Case(NamedTuple):
    """One request, again and again."""

    path: str
    fields: str  # "{tag}" stands for the entity tag of the file
    requests: int  # in a round
    connections: int
    target: float | None  # microseconds


CASES = {
    "10 KiB": Case("/small.bin", "", 2000, 32, 32),
    "304": Case("/small.bin", "If-None-Match: {tag}\r\n", 2000, 32, 20),
    "gzip": Case("/style.css", "Accept-Encoding: gzip, deflate, br, zstd\r\n", 2000, 32, None),
    "range": Case("/large.bin", "Range: bytes=5000000-5000999\r\n", 2000, 32, None),
    "10 MiB": Case("/large.bin", "", 20, 1, 2500),
}


# -- the contenders: each serves a folder on a port of its choice, and prints which ---------------


def ours(loop: Literal["asyncio", "uvloop"]) -> Callable[[str], None]:
    """Serve with the package and the server of the house."""

    def ready(server: Server) -> None:
        print(server.port, flush=True)

    return lambda folder: serve(StaticFiles(folder), port=0, loop=loop, announce=ready)


class Canned(asyncio.Protocol):
    """Answers whatever comes with the same bytes: what no server can be faster than."""

    answer = b""

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        """Answer, whatever it was."""
        self._write(self.answer)


def canned(run: Callable[[Coroutine[Any, Any, None]], None]) -> Callable[[str], None]:
    """Serve the limit, of the small file."""

    async def answer() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Canned, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    def start(folder: str) -> None:
        body = Path(folder, "small.bin").read_bytes()
        Canned.answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        run(answer())

    return start


CONTENDERS: dict[str, Callable[[str], None]] = {
    "canned asyncio": canned(asyncio.run),
    "groundup asyncio": ours("asyncio"),
}
try:
    import uvloop
except ImportError:
    pass
else:
    CONTENDERS.update({"canned uvloop": canned(uvloop.run), "groundup uvloop": ours("uvloop")})


# -- measuring ------------------------------------------------------------------------------------


@contextmanager
def serving(contender: str, folder: str) -> Generator[tuple[psutil.Process, int]]:
    """Run a contender in a process of its own."""
    command = [sys.executable, __file__, "--serve", contender, folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield psutil.Process(process.pid), int(process.stdout.readline())
        finally:
            process.kill()


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process; in nanoseconds where the system tells, not in ticks."""
    threads = Path(f"/proc/{process.pid}/task")
    if threads.exists():
        spent = [file.read_text().split()[0] for file in threads.glob("*/schedstat")]
        return sum(map(int, spent)) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def receive(client: socket.socket) -> tuple[bytes, int]:
    """Read one response; return its head, and how many bytes its body had."""
    data = client.recv(64 * KIB)
    while b"\r\n\r\n" not in data:
        data += client.recv(64 * KIB)
    head, _, body = data.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    size = left = int(length or b"0")
    left -= len(body)
    while left:
        left -= len(client.recv(min(left, MIB)) or sys.exit("the connection ended early"))
    return head, size


class Talk:
    """The connections of one case to one contender."""

    def __init__(self, stack: ExitStack, case: Case, process: psutil.Process, port: int) -> None:
        self._process = process
        self._clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(case.connections)
        ]
        self.found: list[float] = []
        head, _ = self._ask(case.path, "")
        tag = head.partition(b"ETag: ")[2].split(b"\r\n", 1)[0].decode()
        self.head, self.size = self._ask(case.path, case.fields.format(tag=tag))
        self._request = self._format(case.path, case.fields.format(tag=tag))
        self._times = case.requests // case.connections

    def round(self) -> None:
        """Send the requests of a round, and note what one of them cost."""
        before = cpu_seconds(self._process)
        for _ in range(self._times):
            for client in self._clients:
                client.sendall(self._request)
            for client in self._clients:
                receive(client)
        spent = cpu_seconds(self._process) - before
        self.found.append(spent / (self._times * len(self._clients)) * 1e6)

    def _ask(self, path: str, fields: str) -> tuple[bytes, int]:
        self._clients[0].sendall(self._format(path, fields))
        return receive(self._clients[0])

    def _format(self, path: str, fields: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{FIELDS}{fields}\r\n".encode()


def fill(folder: str) -> None:
    """Write the files."""
    Path(folder, "small.bin").write_bytes(os.urandom(10 * KIB))
    Path(folder, "large.bin").write_bytes(os.urandom(10 * MIB))
    rules = "".join(STYLE.format(number=number) for number in range(1000))
    Path(folder, "style.css").write_text(rules[: 10 * KIB])


def measure(folder: str, rounds: int) -> dict[tuple[str, str], Talk]:
    """Return the rounds of each contender and case."""
    talks: dict[tuple[str, str], Talk] = {}
    with ExitStack() as stack:
        for name in CONTENDERS:
            process, port = stack.enter_context(serving(name, folder))
            for case in CASES if name.startswith("groundup") else ["10 KiB"]:
                talks[name, case] = Talk(stack, CASES[case], process, port)
        for _ in range(rounds):
            for talk in talks.values():
                talk.round()
    return talks


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    parser.add_argument("--rounds", type=int, default=20, help="the best of these counts (20)")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.serve:
        name, folder = said.serve
        CONTENDERS[name](folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        talks = measure(folder, 1 if said.quick else said.rounds)
    print(
        f"{'µs of CPU':18} {'case':8} {'best':>8} {'median':>8} {'target':>8} {'bytes':>9}  status"
    )
    for (name, case), talk in talks.items():
        target = CASES[case].target
        print(
            f"{name:18} {case:8} {min(talk.found):8.1f} {statistics.median(talk.found):8.1f}"
            f" {target or '':>8} {talk.size:9}  {talk.head.split(b' ')[1].decode()}"
        )


if __name__ == "__main__":
    main()
