"""How long it takes until there is something: the first answer, or an imported package."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.contenders import Contender
from tests.benchmarks.processes import ROOT, serving

IMPORT = """
import sys, time
before = time.process_time()
import {name}
print(time.process_time() - before)
"""


def time_start(contender: Contender, environment: Mapping[str, str]) -> float:
    """Return the seconds until a contender answers."""
    begun = time.perf_counter()
    with serving(contender, environment):
        return time.perf_counter() - begun


def time_command(rounds: int) -> float:
    """Return the seconds until ``groundup start`` answers with the blog's first page."""
    times: list[float] = []
    with tempfile.TemporaryDirectory(prefix="groundup-bench-") as folder:
        command = ("-m", "groundup", "start", "--port", "{port}")
        blog = Contender("blog", "groundup start", command)
        for _ in range(rounds + 1):  # the first one makes the database
            begun = time.perf_counter()
            with serving(blog, {"GROUNDUP_DATA": folder}):
                times.append(time.perf_counter() - begun)
    return round(statistics.median(times[1:]), 3)


def package_names() -> list[str]:
    """Return the import names of the packages of this repository."""
    return sorted(path.name for path in Path(ROOT).glob("packages/*/src/groundup*"))


def time_import(name: str, rounds: int) -> float:
    """Return milliseconds of CPU time to import a package into a fresh interpreter."""
    times: list[float] = []
    for _ in range(rounds):
        command = [sys.executable, "-c", IMPORT.format(name=name)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        times.append(float(done.stdout))
    return round(statistics.median(times) * 1e3, 1)
