"""What one number a request does not tell: latency, processes, memory, start, waiting.

Each part returns what is written down as JSON; ``quick`` only shows that it works.  All of them
go by the clock or by memory, so they want a machine that does little else.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.benchmarks import looking, starting
from tests.benchmarks.cases import CASES
from tests.benchmarks.contenders import Contender, module
from tests.benchmarks.load import ask, connected, volley
from tests.benchmarks.pace import allow_files, closed, crowded, open_, percentile
from tests.benchmarks.processes import serving

Environment = Mapping[str, str]
Part = Callable[[Sequence[Contender], Environment, bool], dict[str, Any]]

PERCENTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
WAITS = (0, 1, 10, 100)  # milliseconds
CLIENTS = (1, 10, 100, 1000)
WAYS = ("one", "threads", "asyncio")
IDLE = 500  # connections
# A thread for each connection: the server has an end of them, by default.
THREADS = 90


def latency(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return milliseconds until the answer at half of what the server does with 32 clients."""
    found: dict[str, Any] = {}
    request = CASES["json"].request
    for contender in chosen:
        if contender.cases and "json" not in contender.cases:
            continue
        with serving(contender, environment) as server:
            answer = ask(server.port, request)
            seconds = 0.1 if quick else 2.0
            rate = closed(server.port, request, answer, 32, seconds) / 2
            waited = open_(server.port, request, answer, 32, rate, seconds * 2)
        row = {name: round(percentile(waited, at) * 1e3, 3) for name, at in PERCENTILES.items()}
        found[contender.name] = {"rate": round(rate), **row}
    return found


def processes(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return requests a second and CPU time for each, with one process and with two."""
    found: dict[str, Any] = {}
    case = CASES["table"]
    for count in (1, 2):
        command = module("ours", "auto", str(count))
        with serving(Contender("groundup", "groundup", command), environment) as server:
            answer = ask(server.port, case.request)
            with connected(server.port, 64) as sockets:
                volley(sockets, case.request, answer, 5)
            before = server.cpu_seconds()
            seconds = 0.1 if quick else 3.0
            rate = closed(server.port, case.request, answer, 64, seconds)
            cpu = (server.cpu_seconds() - before) / max(rate * seconds, 1) * 1e6
        found[str(count)] = {"per_second": round(rate), "cpu_us": round(cpu, 1)}
    return found


def memory(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return MiB of a process that serves, and KiB for each connection that waits."""
    found: dict[str, Any] = {}
    request = CASES["plaintext"].request
    for contender in chosen:
        count = THREADS if contender.name == "threads" or quick else IDLE
        with serving(contender, environment) as server:
            answer = ask(server.port, request)
            # What is made on first use is not what a connection costs.  More connections than
            # these would leave memory behind that the next ones get for nothing.
            with connected(server.port, 10) as sockets:
                volley(sockets, request, answer, 50)
            before = server.memory()
            with crowded(server.port, count) as (_, clients):
                for client in clients:
                    client.send(request, answer, 0.0)
                    while not client.receive(answer):
                        pass
                after = server.memory()
        found[contender.name] = {
            "process_mib": round(before / 2**20, 1),
            "connection_kib": round((after - before) / count / 1024, 1),
        }
    return found


def start(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return seconds from the command to the first answer."""
    rounds = 1 if quick else 5
    found = {"command": starting.time_command(rounds)}
    for contender in chosen:
        times = [starting.time_start(contender, environment) for _ in range(rounds)]
        found[contender.name] = round(statistics.median(times), 3)
    return found


def imports(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return milliseconds of CPU time to import each package into a fresh interpreter."""
    names = starting.package_names()
    rounds = 1 if quick else 7
    return {name: starting.time_import(name, rounds) for name in (names[:2] if quick else names)}


def waiting(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return requests a second for ways to wait, milliseconds that a handler waits, and clients."""
    found: dict[str, Any] = {}
    request = CASES["plaintext"].request
    most = allow_files(2 * max(CLIENTS)) - 100
    for way in WAYS:
        found[way] = {}
        for wait in WAITS[:2] if quick else WAITS:
            settings = {**environment, "BENCH_WAIT": str(wait / 1000)}
            row: dict[str, float] = {}
            with serving(Contender(way, way, module("waiting", way)), settings) as server:
                answer = ask(server.port, request)
                for clients in CLIENTS[:2] if quick else CLIENTS:
                    if clients <= most:
                        rate = closed(server.port, request, answer, clients, 0.1 if quick else 1)
                        row[str(clients)] = round(rate, 1)
            found[way][str(wait)] = row
    return found


def flames(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return the stacks of our server in two cases, if py-spy is there to look at them."""
    if not looking.available():
        return {}
    seconds = 1 if quick else 8
    return {name: looking.look(name, environment, seconds) for name in ("plaintext", "params")}


PARTS: dict[str, Part] = {
    "latency": latency,
    "processes": processes,
    "memory": memory,
    "start": start,
    "imports": imports,
    "waiting": waiting,
    "flames": flames,
}
