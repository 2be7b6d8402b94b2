"""Count what the hot paths execute, so that no change makes them dearer unseen.

    python -m tests.benchmarks.costs            what each path costs, beside what is written down
    python -m tests.benchmarks.costs --check    end with status 1 when one costs more
    python -m tests.benchmarks.costs --renew    write costs.json; the commit says why

Counted are the instructions of Python's virtual machine and the calls into C.  Both are the same
on every machine and however busy it is, which no time is and which the instructions of a processor
are only for one build of Python.  They are not the cost itself: a dear call into C counts as one.
So they guard what was won; whether something is faster, the clock says.

Each minor version of Python has instructions of its own; one without figures in ``costs.json`` is
not compared.
"""

import argparse
import gc
import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.benchmarks.paths import Call, with_hot_paths

FILE = Path(__file__).with_name("costs.json")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
TOLERANCE = 0.04  # more than that is a change of the path, and not of the way it is counted
WARM_UP, COUNTS = 30, 5

Costs = dict[str, dict[str, int]]


def count(call: Call) -> dict[str, int]:
    """Return the instructions and the calls into C of one call."""
    instructions = into_c = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal instructions
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            instructions += 1
        return trace

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal into_c
        into_c += event == "c_call"

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return {"instructions": instructions, "calls into C": into_c - 1}  # the last one ends it


def measure(paths: dict[str, Call]) -> Costs:
    """Return the costs of all hot paths: the lowest of a few, since some work is done now and then.

    The date of a response, say, is written once a second.
    """
    found: Costs = {}
    gc.disable()
    for name, call in paths.items():
        for _ in range(WARM_UP):
            call()
        counts = [count(call) for _ in range(COUNTS)]
        found[name] = {unit: min(one[unit] for one in counts) for unit in counts[0]}
    gc.enable()
    return found


def compare(found: Costs, known: Costs) -> list[str]:
    """Return a line for each path that costs more than is written down, or is not.

    >>> compare({"a": {"instructions": 104}}, {"a": {"instructions": 100}})
    []
    >>> compare({"a": {"instructions": 105}}, {"a": {"instructions": 100}})
    ['a: at most 104 instructions, got 105']
    """
    lines: list[str] = []
    for name, costs in found.items():
        if name not in known:
            lines.append(f"{name}: not in costs.json")
            continue
        for unit, cost in costs.items():
            most = int(known[name][unit] * (1 + TOLERANCE))
            if cost > most:
                lines.append(f"{name}: at most {most} {unit}, got {cost}")
    return lines


def read() -> Costs | None:
    """Return what is written down for this version of Python, if anything is."""
    costs: Costs | None = json.loads(FILE.read_text("utf-8")).get(VERSION)
    return costs


def renew(found: Costs) -> None:
    """Write down what was found, for this version of Python."""
    known: dict[str, Costs] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known[VERSION] = found
    FILE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", "utf-8")


def show(found: Costs, known: Costs) -> None:
    """Print what was found, and by how much it differs."""
    for name, costs in found.items():
        cells = ""
        for unit, cost in costs.items():
            before = known.get(name, {}).get(unit)
            change = f"{cost / before - 1:+.0%}" if before else "new"
            cells += f"{cost:>8} {unit} {change:>5}"
        print(f"{name:<36}{cells}")


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.costs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="fail when a path costs more")
    parser.add_argument("--renew", action="store_true", help="write costs.json")
    said = parser.parse_args(arguments)
    known = (read() if FILE.exists() else None) or {}
    if said.check and not known:
        print(f"no costs are written down for Python {VERSION}")
        return 0
    found = with_hot_paths(measure)
    if said.renew:
        renew(found)
    if not said.check:
        show(found, known)
        return 0
    dearer = compare(found, known)
    for line in dearer:
        print(line)
    if dearer:
        print(
            "a hot path must not cost more than before: make it cheaper again, or, if it is worth "
            "it, run `python -m tests.benchmarks.costs --renew` and say in the commit why"
        )
    return 1 if dearer else 0


if __name__ == "__main__":
    sys.exit(main())
