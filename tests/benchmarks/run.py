"""Measure CPU time per request, every contender in one run: ``nox -s bench -- --help``.

CPU time of the server's process, read from the operating system before and after a number of
requests, says what a request costs whatever else the machine is doing; the clock does not.  The
rounds are interleaved, so that a slow minute is slow for everybody, and the median counts.  What
other programs do on the same cores still empties the caches: on a busy machine look at the lowest
value, which is printed behind the median.

All connections send, then all are read: the server finds many of them ready at once, as under
load, and the side that measures costs little.
"""

import argparse
import importlib.util
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

APPS = Path(__file__).with_name("apps.py")
CASES = {"plaintext": "/", "json": "/json", "params": "/users/42?q=x"}
PEERS = {"starlette": ("starlette", "uvicorn")}
FIELDS = "Host: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(contender: str) -> Generator[tuple[psutil.Process, int]]:
    """Run a contender in a process of its own."""
    port = free_port()
    command = [sys.executable, str(APPS), contender, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "ready\n":
                msg = f"{contender} did not start"
                raise RuntimeError(msg)
            yield psutil.Process(process.pid), port
        finally:
            process.kill()


def send(port: int, path: str, requests: int, connections: int) -> None:
    """Send requests over kept connections, each waiting for its answer."""
    request = f"GET {path} HTTP/1.1\r\n{FIELDS}\r\n".encode()
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(connections)
        ]
        for _ in range(requests // connections):
            for client in clients:
                client.sendall(request)
            for client in clients:
                receive(client)


def receive(client: socket.socket) -> None:
    """Read one response."""
    data = client.recv(65536)
    while b"\r\n\r\n" not in data:
        data += receive_some(client)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        msg = f"expected 200, got {head[:40]!r}"
        raise RuntimeError(msg)
    missing = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]) - len(body)
    while missing > 0:
        missing -= len(receive_some(client))


def receive_some(client: socket.socket) -> bytes:
    """Read what has come of a response."""
    data = client.recv(65536)
    if not data:
        msg = "expected a response, got the end of the connection"
        raise RuntimeError(msg)
    return data


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process: in nanoseconds where the system tells, not in ticks."""
    if sys.platform == "linux":  # the clock of another process: see clock_getcpuclockid(3)
        return time.clock_gettime((~process.pid << 3) | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(contender: str, case: str, requests: int, connections: int) -> float:
    """Return microseconds of CPU time per request."""
    with serving(contender) as (process, port):
        send(port, CASES[case], connections * 20, connections)  # warm up
        before = cpu_seconds(process)
        send(port, CASES[case], requests, connections)
        after = cpu_seconds(process)
    return (after - before) / (requests // connections * connections) * 1e6


def print_table(found: dict[str, dict[str, list[float]]]) -> None:
    """Print median and lowest value, one contender a line."""
    print(f"{'µs of CPU per request':24}", *(f"{case:>14}" for case in CASES))
    for contender, row in found.items():
        cells = [f"{statistics.median(row[case]):.1f} ({min(row[case]):.1f})" for case in CASES]
        print(f"{contender:24}", *(f"{cell:>14}" for cell in cells))


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    parser.add_argument("--requests", type=int, default=20_000, help="for each round (20000)")
    parser.add_argument("--rounds", type=int, default=5, help="the median of these counts (5)")
    parser.add_argument("--connections", type=int, default=32, help="kept open (32)")
    parser.add_argument("--only", nargs="+", metavar="CONTENDER", help="measure these alone")
    parser.add_argument("--json", type=Path, help="write the medians to this file, too")
    said = parser.parse_args()
    requests, rounds = (200, 1) if said.quick else (said.requests, said.rounds)
    names = said.only or ["canned", "server", "groundup", "groundup_asyncio", "groundup_threads"]
    for peer, modules in PEERS.items():
        if not said.only and all(importlib.util.find_spec(name) for name in modules):
            names.append(peer)
    found: dict[str, dict[str, list[float]]] = {
        name: {case: [] for case in CASES} for name in names
    }
    for _ in range(rounds):
        for name in names:
            for case in CASES:
                found[name][case].append(
                    measure(name, case, requests, min(said.connections, requests))
                )
    results: dict[str, dict[str, Any]] = {
        name: {case: statistics.median(values) for case, values in row.items()}
        for name, row in found.items()
    }
    print_table(found)
    if said.json:
        said.json.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
