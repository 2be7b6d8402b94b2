"""Look at the stack of a server under load, some hundred times a second, with py-spy.

What comes back is ``function (file.py);function (file.py)…``, from the event loop on, and how often
it was seen, for `flames`.  py-spy reads the memory of the process, which stops for that moment, and
needs the right to do so: on Linux that of its parent, on macOS that of root.
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.cases import CASES
from tests.benchmarks.contenders import CONTENDERS
from tests.benchmarks.load import ask, connected, volley
from tests.benchmarks.processes import serving

RATE = 400  # looks a second
LOOP = "event loop (C)"
RARE = 0.002  # of all looks: what is seen less often is left out
PLACE = re.compile(r".*/src/(groundup\w*/[\w/]+\.py)")


def available() -> bool:
    """Whether py-spy is installed."""
    return importlib.util.find_spec("py_spy") is not None or program().exists()


def program() -> Path:
    """Return where an environment keeps its programs."""
    return Path(sys.executable).with_name("py-spy")


def look(name: str, environment: Mapping[str, str], seconds: int) -> dict[str, int]:
    """Return the stacks of our server while it answers a case."""
    case = CASES[name]
    settings = {**environment, "BENCH_LAYERS": str(case.layers)}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(CONTENDERS["groundup"], settings) as server,
    ):
        answer = ask(server.port, case.request)
        stop = threading.Event()

        def load() -> None:
            with connected(server.port, case.connections) as clients:
                while not stop.is_set():
                    volley(clients, case.request, answer, 100)

        thread = threading.Thread(target=load)
        thread.start()
        try:
            file = Path(folder) / "stacks"
            command = [
                str(program()),
                "record",
                "--pid",
                str(server.process.pid),
                "--format",
                "raw",
            ]
            command += ["--output", str(file), "--rate", str(RATE), "--duration", str(seconds)]
            command += ["--function", "--full-filenames"]
            subprocess.run(command, check=True, capture_output=True)
        finally:
            stop.set()
            thread.join()
        return tidy(file.read_text("utf-8"))


def tidy(raw: str) -> dict[str, int]:
    """Return the stacks without what differs between machines, and without the rare ones.

    >>> tidy("serve (a.py:1);Runner.run (r.py:86);feed (/home/x/src/groundup_httpparse/p.py:90) 7")
    {'event loop (C);feed (groundup_httpparse/p.py)': 7}
    """
    found: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        _, loop, inside = stack.partition("Runner.run ")
        if loop:
            frames = [LOOP, *map(tidy_frame, inside.split(";")[1:])]
            found[";".join(frames)] += int(count)
    least = found.total() * RARE
    return {stack: count for stack, count in sorted(found.items()) if count >= least}


def tidy_frame(frame: str) -> str:
    """Return a function with its file, from the package on."""
    function, _, place = frame.partition(" (")
    place = place.removesuffix(")").rpartition(":")[0].replace("\\", "/")
    known = PLACE.match(place)
    file = known[1] if known else place.rpartition("/")[2]
    return f"{function} ({file})"
