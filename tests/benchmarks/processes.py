"""A contender in a process of its own, and what the operating system says that it costs.

CPU time of the processes, kernel included, says what a request costs whatever else the machine
is doing; the clock does not.  A server may have children (gunicorn, granian): theirs counts, too.
"""

import http.client
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.benchmarks.contenders import Contender
from tests.benchmarks.ports import free_port

ROOT = Path(__file__).parents[2]
START = 20.0  # seconds until the first answer


class StartError(RuntimeError):
    """A contender did not begin to answer."""


@dataclass
class Running:
    """A server that answers."""

    port: int
    process: psutil.Process

    def family(self) -> list[psutil.Process]:
        """Return the process and those below it."""
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far: in nanoseconds where the system tells, not in ticks."""
        return sum(cpu_seconds(process) for process in self.family())

    def memory(self) -> int:
        """Return the bytes that only these processes hold."""
        return sum(process.memory_full_info().uss for process in self.family())


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of one process."""
    if sys.platform == "linux":  # the clock of another process: see clock_getcpuclockid(3)
        return time.clock_gettime((~process.pid << 3) | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def installed(contender: Contender) -> bool:
    """Whether all that a contender needs is there."""
    return all(importlib.util.find_spec(name) for name in contender.needs)


@contextmanager
def serving(
    contender: Contender, environment: Mapping[str, str], path: str = "/"
) -> Generator[Running]:
    """Run a contender until the block ends; enter the block when it answers.

    Raises:
        StartError: It does not answer; the message ends with what it said.
    """
    port = free_port()
    command = [sys.executable, *(part.format(port=port) for part in contender.command)]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log
        ) as process,
    ):
        running = Running(port, psutil.Process(process.pid))
        try:
            if not answers(process, port, path):
                log.seek(0)
                said = "".join(log.readlines()[-12:])
                msg = f"{contender.name} must answer within {START:.0f} s, and said:\n{said}"
                raise StartError(msg)
            yield running
        finally:
            stop(running)


def answers(process: "subprocess.Popen[bytes]", port: int, path: str = "/") -> bool:
    """Wait for the first good answer."""
    end = time.monotonic() + START
    while process.poll() is None and time.monotonic() < end:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=START)
        try:
            client.request("GET", path)
            if client.getresponse().status == http.HTTPStatus.OK:
                return True
        except OSError:
            time.sleep(0.005)  # nobody listens yet; there is nothing to wait on
        finally:
            client.close()
    return False


def stop(running: Running) -> None:
    """End a server and its children, at once: nothing of it is needed any more."""
    try:
        family = running.family()
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
