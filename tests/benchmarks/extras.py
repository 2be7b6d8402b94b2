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

SHARES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
WAITS = (0, 1, 10, 100)  # milliseconds
CLIENTS = (1, 10, 100, 1000)
WAYS = ("one", "threads", "asyncio")
IDLE = 500  # connections
# A thread for each connection: the server has an end of them, by default.
THREADS = 90


def latency(chosen: Sequence[Contender], environment: Environment, quick: bool) -> dict[str, Any]:
    """Return milliseconds until the answer at half of what the server does with 32 clients."""
    able = [one for one in chosen if not one.cases or "json" in one.cases]
    rounds: dict[str, list[dict[str, float]]] = {one.name: [] for one in able}
    seconds = 0.1 if quick else 1.0
    for _ in range(1 if quick else 3):  # by turns, as in the table
        for one in able:
            with serving(one, environment) as server:
                rounds[one.name].append(measure_latency(server.port, seconds))
    return {
        name: {key: round(statistics.median(row[key] for row in rows), 3) for key in rows[0]}
        for name, rows in rounds.items()
    }


def measure_latency(port: int, seconds: float) -> dict[str, float]:
    """Return the rate, and the milliseconds of each percentile."""
    request = CASES["json"].request
    answer = ask(port, request)
    rate = closed(port, request, answer, 32, seconds) / 2
    waited = open_(port, request, answer, 32, rate, seconds * 1.5)
    return {"rate": rate, **{name: percentile(waited, at) * 1e3 for name, at in SHARES.items()}}


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
    """Return milliseconds by the clock, and of CPU, from the command to the first answer."""
    rounds = 1 if quick else 5
    found = {"command": starting.time_command(rounds)}
    for contender in chosen:
        found[contender.name] = starting.time_start(contender, environment, rounds)
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
    allow_files(2 * max(CLIENTS))
    for way in WAYS:
        found[way] = {}
        for wait in WAITS[:2] if quick else WAITS:
            settings = {**environment, "BENCH_WAIT": str(wait / 1000)}
            row = found[way][str(wait)] = dict[str, float]()
            for clients in CLIENTS[:2] if quick else CLIENTS:
                # New for each crowd: one that blocks still answers those who have gone.
                with serving(Contender(way, way, module("waiting", way)), settings) as server:
                    answer = ask(server.port, request)
                    rate = closed(server.port, request, answer, clients, 0.1 if quick else 1.5)
                row[str(clients)] = round(rate, 1)
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
