"""Measure what a request costs, ours beside others, all in one run.

    nox -s bench                                         ours, every case
    nox -s bench -- plaintext json                       two cases
    nox -s bench -- --peers starlette,sanic              beside two peers, which nox installs
    nox -s bench -- --peers all --json out.json          beside all; write down what was found
    nox -s bench -- --quick                              see that it works, in seconds
    nox -s bench -- --page                               write the docs' page from results.json
    nox -s bench -- --components                         parser, router, templates by themselves

The figures are microseconds of CPU time of the server's processes for one request, kernel
included, as the operating system counts them: median, and (lowest-highest) of the turns.  They
depend on the machine, and on what else it does; ratios within one run hold to some 15 %.

Read them as follows.  `canned` sends constant bytes from an asyncio protocol: nothing in Python can
be faster.  What `bare` adds is reading HTTP and writing a response; what `groundup` adds to that
is routing and layers.  A contender whose answer is not what the case says is not measured: ours
then end the run, a peer's cell is empty and the JSON says why.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import extras, page
from tests.benchmarks.cases import CASES, Case
from tests.benchmarks.contenders import CONTENDERS, OURS, PEERS, Contender
from tests.benchmarks.load import WrongAnswerError
from tests.benchmarks.machine import describe
from tests.benchmarks.processes import StartError, installed
from tests.benchmarks.report import format_ratios, format_table
from tests.benchmarks.surroundings import surroundings
from tests.benchmarks.table import Plan, measure_table

FOLDER = Path(__file__).parent
COMPONENTS = FOLDER / "components"


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s bench --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="cases:\n"
        + "\n".join(f"  {case.name:<12} {case.title}" for case in CASES.values())
        + "\ncontenders:\n"
        + "\n".join(f"  {one.name:<12} {one.title}" for one in CONTENDERS.values()),
    )
    add = parser.add_argument
    add("cases", nargs="*", metavar="CASE", help="measure these cases only")
    add("--peers", default="", metavar="NAMES", help="with commas, or `all`: beside these")
    add("--only", default="", metavar="NAMES", help="with commas: these of ours instead of all")
    add("--quick", action="store_true", help="a few requests, to see that all of it works")
    add("--rounds", type=int, default=3, help="each with new processes (3)")
    add("--turns", type=int, default=3, help="of all contenders in each round (3)")
    add("--seconds", type=float, default=0.1, help="of CPU time in each turn (0.1)")
    add("--connections", type=int, help="kept open (32; 4 for large bodies)")
    add("--extras", nargs="*", metavar="PART", help=f"as well: {', '.join(extras.PARTS)}, or all")
    add("--no-cases", action="store_true", help="with --extras: nothing else")
    add(
        "--json", type=Path, metavar="FILE", help="write down what was found; adds to what is there"
    )
    add("--page", action="store_true", help="write the page from tests/benchmarks/results.json")
    add("--components", action="store_true", help="run tests/benchmarks/components/*.py")
    said = parser.parse_args(arguments)
    for name in said.cases:
        if name not in CASES:
            parser.error(f"a case is one of {', '.join(CASES)}, got {name!r}")
    for name in said.extras or ():
        if name not in extras.PARTS:
            parser.error(f"a part is one of {', '.join(extras.PARTS)}, got {name!r}")
    for name in filter(None, f"{said.peers},{said.only}".split(",")):
        if name not in CONTENDERS and name != "all":
            parser.error(f"a contender is one of {', '.join(CONTENDERS)}, got {name!r}")
    return said


def choose(said: argparse.Namespace) -> list[Contender]:
    """Return the contenders that were asked for; say which peers are not installed."""
    ours = [one for one in OURS if not said.only or one.name in said.only.split(",")]
    names = [one.name for one in PEERS] if said.peers == "all" else said.peers.split(",")
    peers = [one for one in PEERS if one.name in names]
    for peer in peers:
        if not installed(peer):
            say(f"{peer.name} is left out: it needs {', '.join(peer.needs)}")
    return [*ours, *filter(installed, peers)]


def say(line: str) -> None:
    """Show how far it is, where it does not get into a table."""
    print(line, file=sys.stderr, flush=True)


def run_components(*, quick: bool) -> int:
    """Run each component's own benchmark, in processes of their own; return the worst status."""
    worst = 0
    for path in sorted(COMPONENTS.glob("*.py")):
        say(f"-- {path.stem}")
        command = [sys.executable, str(path), *(["--quick"] if quick else [])]
        worst = max(worst, abs(subprocess.run(command, check=False).returncode))
    return worst


def run(said: argparse.Namespace) -> None:
    """Measure what was asked for, print it, and write it down."""
    plan = Plan(said.rounds, said.turns, said.seconds, said.connections)
    if said.quick:
        plan = Plan(rounds=1, turns=1, seconds=0.005, connections=said.connections)
    cases = [case for case in CASES.values() if not said.cases or case.name in said.cases]
    found: dict[str, Any] = {}
    if said.json and said.json.exists():
        found = json.loads(said.json.read_text("utf-8"))
    found["machine"] = describe()
    chosen = choose(said)
    # To see that the parts work one contender is enough.
    measured = [CONTENDERS["groundup"]] if said.quick else chosen
    wanted = list(extras.PARTS) if said.quick or said.extras == [] else said.extras or []
    if said.no_cases:
        cases = []
    with surroundings(postgresql=any(case.name == "postgresql" for case in cases)) as environment:
        if not environment["BENCH_POSTGRESQL"]:
            cases = [case for case in cases if case.name != "postgresql"]
        if cases:
            found["cpu"] = measure_cases(chosen, cases, environment, plan)
        for name in wanted:
            say(f"-- {name}")
            found[name] = extras.PARTS[name](measured, environment, said.quick)
            print(json.dumps({name: found[name]}))
    if said.json:
        said.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


def measure_cases(
    chosen: list[Contender], cases: list[Case], environment: Mapping[str, str], plan: Plan
) -> dict[str, Any]:
    """Measure and print the table; return what is written down of it."""
    table = measure_table(chosen, cases, environment, plan, say)
    found = {
        name: {case: cell.summary() for case, cell in row.items()} for name, row in table.items()
    }
    names = [case.name for case in cases]
    print(format_table(found, names))
    print(format_ratios(found, names))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    said = parse_arguments(arguments)
    try:
        if said.page:
            page.write()
        elif said.components:
            return run_components(quick=said.quick)
        else:
            run(said)
    except (StartError, WrongAnswerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
