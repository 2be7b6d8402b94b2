"""Run tests one after the other: fixtures, the test, clean-up, and a verdict.

All async tests and fixtures share one event loop for the run, so a fixture of a wide scope may keep
what belongs to a loop.  A task that a test leaves behind is a failure: it would go on inside of the
next test, and nobody would find out why that one fails.
"""

import asyncio
import contextlib
import inspect
import io
import logging
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from groundup_testing.cases import Case, Outcome, Result, RunnerError
from groundup_testing.discovery import Discovery
from groundup_testing.fixtures import FixtureStore, parameters_of
from groundup_testing.given import BUILTINS
from groundup_testing.marks import Skipped

__all__ = ["TestRunner"]

HERE = Path(__file__).parent
MAX_OUTPUT = 20_000  # characters that are shown of what a test prints


class TestRunner:
    """Runs cases.  A context manager: at the end everything is cleaned up.

    Args:
        discovery: Knows the conftest.py files.
        capture: Whether what tests print is kept for the report.
    """

    __test__ = False

    def __init__(self, discovery: Discovery, *, capture: bool = True) -> None:
        self._discovery = discovery
        self._capture = capture
        self._loop = asyncio.Runner()
        self._store = FixtureStore(self._loop.run)
        self._path: Path | None = None
        self._owner: type | None = None

    def __enter__(self) -> Self:
        self._loop.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._loop.close()

    def run(self, cases: Iterable[Case]) -> Iterator[Result]:
        """Yield the result of each case as soon as it is known, and of clean-ups that fail."""
        for case in cases:
            yield from self._leave(case)
            yield self.run_case(case)
        yield from self._leave(None)

    def _leave(self, case: Case | None) -> Iterator[Result]:
        """End the scopes that the next case is not in."""
        errors: list[BaseException] = []
        where = str(self._path)
        if case is None:
            errors = self._store.close("session")
        elif case.path != self._path and self._path is not None:
            errors = self._store.close("module")
        elif case.owner is not self._owner:
            errors = self._store.close("class")
        for error in errors:
            yield make_result(f"{where} (clean-up)", Outcome.ERROR, error)
        if case is not None:
            self._path, self._owner = case.path, case.owner

    def run_case(self, case: Case) -> Result:
        """Run one test with all that belongs to it."""
        if case.marks.skip is not None:
            return Result(case.id, Outcome.SKIPPED, message=case.marks.skip)
        output = io.StringIO()
        started = time.perf_counter()
        with captured(output) if self._capture else contextlib.nullcontext():
            result = self._run_parts(case)
        result.seconds = time.perf_counter() - started
        result.output = output.getvalue()[:MAX_OUTPUT]
        return result

    def _run_parts(self, case: Case) -> Result:
        try:
            try:
                call = self._prepare(case)
            except Skipped as reason:
                return Result(case.id, Outcome.SKIPPED, message=str(reason))
            except Exception as error:  # noqa: BLE001 - a test may raise anything
                return make_result(case.id, Outcome.ERROR, error)
            result = judge(case, call)
        finally:
            left = self._take_tasks()
            errors = self._store.close("function")
        if not result.outcome.bad and left:
            message = f"no task must be left behind, got {', '.join(left)}"
            return make_result(case.id, Outcome.FAILED, AssertionError(message))
        if not result.outcome.bad and errors:
            return make_result(case.id, Outcome.ERROR, errors[0])
        return result

    def _prepare(self, case: Case) -> Callable[[], None]:
        """Return the test with everything that it wants."""
        instance = None if case.owner is None else case.owner()
        function = case.function if instance is None else getattr(instance, case.function.__name__)
        path = self._discovery.absolute(case.path)
        sources: list[Any] = [] if case.owner is None else [case.owner]
        sources += [case.module, *self._discovery.conftests(path), BUILTINS]
        names = [name for name in parameters_of(function) if name not in case.parameters]
        given = self._store.fill(names, case.parameters, sources, instance)
        arguments = {**given, **case.parameters}

        def call() -> None:
            result = function(**arguments)
            if inspect.iscoroutine(result):
                self._loop.run(result)

        return call

    def _take_tasks(self) -> list[str]:
        """Cancel the tasks that are left in the loop, and return their names."""

        async def take() -> list[str]:
            own = asyncio.current_task()
            left = [task for task in asyncio.all_tasks() if task is not own]
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=5)
            return [task.get_name() for task in left]

        return self._loop.run(take())


def judge(case: Case, call: Callable[[], None]) -> Result:
    """Run a prepared test, and say what became of it."""
    expected = case.marks.xfail
    try:
        call()
    except Skipped as reason:
        return Result(case.id, Outcome.SKIPPED, message=str(reason))
    except Exception as error:  # noqa: BLE001 - a test may raise anything
        if expected is not None and isinstance(error, expected.raises):
            return Result(case.id, Outcome.XFAILED, message=expected.reason)
        return make_result(case.id, Outcome.FAILED, error)
    if expected is None:
        return Result(case.id, Outcome.PASSED)
    if expected.strict:
        message = f"test must fail, and has passed: {expected.reason}"
        return make_result(case.id, Outcome.FAILED, AssertionError(message))
    return Result(case.id, Outcome.XPASSED, message=expected.reason)


def make_result(name: str, outcome: Outcome, error: BaseException) -> Result:
    """Return a result with the traceback of an error, without the frames of the runner."""
    last = traceback.format_exception_only(error)[-1].strip()
    first = f"{type(error).__name__}: {error}" if str(error) else last
    return Result(name, outcome, message=first.splitlines()[0], details=format_error(error))


def format_error(error: BaseException) -> str:
    """Return a traceback that begins in the test."""
    report = traceback.TracebackException.from_exception(error, compact=True)
    trim(report)
    return "".join(report.format())


def trim(report: traceback.TracebackException) -> None:
    """Take the runner's frames off an error and off its causes, unless nothing would be left."""
    kept = [frame for frame in report.stack if not is_ours(frame.filename)]
    if kept or report.exc_type is RunnerError:  # whose message says all
        report.stack = traceback.StackSummary.from_list(kept)
    for cause in (report.__cause__, report.__context__):
        if cause is not None:
            trim(cause)


def is_ours(filename: str) -> bool:
    """Whether a file is one of the runner's, or the loop's below it."""
    path = Path(filename)
    return path.parent in {HERE, Path(asyncio.__file__).parent}


@contextlib.contextmanager
def captured(output: io.StringIO) -> Generator[None, None, None]:
    """Keep what is printed and logged."""
    handler = logging.StreamHandler(output)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            yield
    finally:
        logging.getLogger().removeHandler(handler)
