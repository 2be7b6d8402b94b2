"""How long it takes until there is something: the first answer, or an imported package.

Python keeps the bytecode of modules beside them, and an installer has written it; a shell that
forbids that, or a source that was just changed, would have the compiler measured.  So here the
bytecode of all goes into a folder of its own, and the first start, which fills it, does not count.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.benchmarks.contenders import Contender
from tests.benchmarks.processes import ROOT, serving

# With all names, because a package may wait with a module until somebody asks for a name in it.
# Ours have an underscore: a package may have others of its own, as groundup_compose has `before`.
IMPORT = """
import time as _time
_before = _time.process_time()
from {name} import *
print(_time.process_time() - _before)
"""
PAGE = "/login"  # of the blog: HTML for everybody, where / is JSON for who does not ask for a page


def time_start(
    contender: Contender, environment: Mapping[str, str], rounds: int, path: str = "/"
) -> dict[str, float]:
    """Return milliseconds by the clock, and of CPU, until a contender answers at a path.

    The lowest ones: whatever else the machine does can only make a start slower.
    """
    clock, cpu = list[float](), list[float]()
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        with serving(contender, {**environment, **keep_bytecode()}, path) as server:
            clock.append(time.perf_counter() - begun)
            cpu.append(server.cpu_seconds())
    return {"ms": round(min(clock[1:]) * 1e3), "cpu_ms": round(min(cpu[1:]) * 1e3)}


def time_command(rounds: int) -> dict[str, float]:
    """Return the same until ``groundup start`` answers for the blog: with JSON, and with a page."""
    command = ("-m", "groundup", "start", "--port", "{port}")
    blog = Contender("blog", "groundup start", command)
    with tempfile.TemporaryDirectory(prefix="groundup-bench-") as folder:
        environment = {"GROUNDUP_DATA": folder}
        found = time_start(blog, environment, rounds)
        page = time_start(blog, environment, rounds, PAGE)
        return {**found, "page_ms": page["ms"], "page_cpu_ms": page["cpu_ms"]}


@cache
def keep_bytecode() -> dict[str, str]:
    """Return what makes Python keep bytecode in a folder that is gone with this process."""
    folder = tempfile.mkdtemp(prefix="groundup-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def package_names() -> list[str]:
    """Return the import names of the packages of this repository."""
    return sorted(path.name for path in Path(ROOT).glob("packages/*/src/groundup*"))


def time_import(name: str, rounds: int) -> float:
    """Return milliseconds of CPU time to import a package into a fresh interpreter."""
    times: list[float] = []
    command = [sys.executable, "-c", IMPORT.format(name=name)]
    environment = {**os.environ, **keep_bytecode()}
    for _ in range(rounds + 1):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        times.append(float(done.stdout))
    return round(min(times[1:]) * 1e3, 1)
