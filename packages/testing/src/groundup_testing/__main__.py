"""``groundup-test``: find tests, run them, and say what became of them.

exit status    0    all passed
               1    some failed
               2    interrupted, or a file could not be imported
               4    the command line is wrong
               5    there are no tests
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from groundup_testing.cases import Case, Outcome, Result, RunnerError
from groundup_testing.coverage import Coverage
from groundup_testing.discovery import Discovery
from groundup_testing.keywords import parse_keywords
from groundup_testing.report import Report, write_junit
from groundup_testing.running import TestRunner, make_result
from groundup_testing.standin import pytest_stand_in

__all__ = ["main"]

PASSED, FAILED, INTERRUPTED, USAGE, NO_TESTS = 0, 1, 2, 4, 5


class ArgumentParser(argparse.ArgumentParser):
    """Leaves with the status that a wrong command line has here."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def make_parser() -> ArgumentParser:
    """Return what reads the command line."""
    parser = ArgumentParser("groundup-test", description="Find and run tests.")
    add = parser.add_argument
    add("paths", nargs="*", help="files, folders, or file.py::test_name")
    add("-k", dest="keywords", metavar="EXPRESSION", help="run the tests whose names fit")
    add("-x", "--exitfirst", action="store_true", help="stop at the first failure")
    add("-v", "--verbose", action="store_true", help="one line for each test")
    add("-s", dest="capture", action="store_false", help="let tests print")
    add("--collect-only", action="store_true", help="list the tests, and do not run them")
    add("--junit", type=Path, metavar="FILE", help="write results as JUnit's XML")
    add("--cov", action="append", default=[], metavar="PATH", help="count the lines that run")
    add("--cov-fail-under", type=float, metavar="PERCENT", help="fail when fewer lines run")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    options = make_parser().parse_args(arguments)
    root = Path.cwd()
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        fits = parse_keywords(options.keywords) if options.keywords else always
        coverage = Coverage([find_source(root, name) for name in options.cov])
        with pytest_stand_in(), coverage if options.cov else nullcontext():
            status, report, seconds = run(options, root, fits)
    except RunnerError as error:
        print(f"groundup-test: {error}", file=sys.stderr)
        return USAGE
    if options.junit is not None:
        write_junit(options.junit, report.results, seconds)
    if options.cov:
        percent = report.show_coverage(coverage.report(), root)
        if status == PASSED and percent < (options.cov_fail_under or 0):
            print(f"at least {options.cov_fail_under:g}% of the lines must run, got {percent:.1f}%")
            return FAILED
    return status


def always(name: str) -> bool:
    """Choose every test."""
    return bool(name)


def find_source(root: Path, name: str) -> Path:
    """Return what ``--cov`` names."""
    path = root / name
    if not path.exists():
        raise RunnerError(f"--cov must name a file or folder, got {name!r}")
    return path


def run(
    options: argparse.Namespace, root: Path, fits: Callable[[str], bool]
) -> tuple[int, Report, float]:
    """Collect and run; return the exit status, the results, and the seconds."""
    started = time.perf_counter()
    report = Report(verbose=options.verbose)
    discovery = Discovery(root)
    broken: list[Result] = []
    cases = [case for case in collect(discovery, options.paths, broken) if fits(case.id)]
    if options.collect_only:
        for case in cases:
            print(case.id)
        return (PASSED if cases else NO_TESTS), report, 0.0
    for result in broken:
        report.add(result)
    status = INTERRUPTED if broken else PASSED if cases else NO_TESTS
    if not broken:
        try:
            run_cases(TestRunner(discovery, capture=options.capture), cases, report, options)
        except KeyboardInterrupt:
            print("\ninterrupted")
            status = INTERRUPTED
    seconds = time.perf_counter() - started
    report.finish(seconds)
    if status == PASSED and any(result.outcome.bad for result in report.results):
        status = FAILED
    return status, report, seconds


def run_cases(
    runner: TestRunner, cases: list[Case], report: Report, options: argparse.Namespace
) -> None:
    """Run cases until the end, or until the first failure."""
    stopped = False

    def wanted() -> Iterator[Case]:
        for case in cases:
            if stopped:
                return
            yield case

    with runner:
        for result in runner.run(wanted()):
            report.add(result)
            stopped = stopped or (options.exitfirst and result.outcome.bad)


def collect(discovery: Discovery, paths: Sequence[str], broken: list[Result]) -> Iterator[Case]:
    """Yield all cases; a file that cannot be imported becomes a result."""
    for path, selection in discovery.find(paths):
        try:
            yield from discovery.collect(path, selection)
        except RunnerError:
            raise
        except Exception as error:  # noqa: BLE001 - a file may raise anything
            broken.append(make_result(str(discovery.relative(path)), Outcome.ERROR, error))


if __name__ == "__main__":
    sys.exit(main())
