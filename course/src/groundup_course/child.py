"""The child process that runs a learner's program against a chapter's tests.

It is started by `grader` and writes its report, one JSON object a line, into a file that only the
two know, each line with a word that came over standard input.  The learner's code shares this
process: whoever wants to cheat can.  What it must not be able to do is pass by accident, so the
last line says that the end was reached, and the grader counts.

    python -P -m groundup_course.child REPORT < task.json
"""

import contextlib
import faulthandler
import functools
import importlib.util
import inspect
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from groundup_course.failure import Failure
from groundup_course.trial import Trial, innermost
from groundup_testing.cases import Case, Outcome
from groundup_testing.discovery import Discovery
from groundup_testing.marks import TestMarks
from groundup_testing.running import TestRunner

__all__ = [
    "BoundedText",
    "Ended",
    "import_file",
    "import_part",
    "main",
    "run_plainly",
    "run_test",
    "trial_call",
]

MAX_OUTPUT = 4000  # characters that are kept of what one test prints
MAX_PROBLEM = 600


class Ended(Exception):  # noqa: N818 - says what happened
    """The learner's code wanted to end the process: a failure like any other."""


class BoundedText(io.TextIOBase):
    """Where output goes: the first characters are kept, the rest is gone."""

    def __init__(self) -> None:
        self.kept = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Keep what still fits."""
        if len(self.kept) < MAX_OUTPUT:
            self.kept += text[: MAX_OUTPUT - len(self.kept)]
        return len(text)

    def take(self) -> str:
        """Return what was kept and begin anew."""
        kept, self.kept = self.kept, ""
        return kept


class Reporter:
    """Writes the report."""

    def __init__(self, stream: TextIO, nonce: str) -> None:
        self._stream, self._nonce = stream, nonce

    def say(self, **facts: Any) -> None:
        """Write one line and let the grader see it at once."""
        self._stream.write(json.dumps({"nonce": self._nonce, **facts}) + "\n")
        self._stream.flush()


def import_file(path: Path, name: str) -> ModuleType:
    """Import a file under a name of our choice."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} must be a file of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def trial_call(function: Callable[[Any, Trial], Any], trial: Trial) -> Callable[..., Any]:
    """Return a test in which the end of the process is an error, and whose trial is closed."""

    @contextlib.contextmanager
    def watched() -> Generator[None]:
        try:
            yield
        except SystemExit as error:
            trial.error = Ended(f"the program ended itself with exit status {error.code}")
            raise trial.error from error
        except Exception as error:
            trial.error = error
            raise
        finally:
            trial.close()

    @functools.wraps(function)
    def call(part: Any, t: Trial) -> Any:
        with watched():
            return function(part, t)

    @functools.wraps(function)
    async def call_async(part: Any, t: Trial) -> Any:
        with watched():
            return await function(part, t)

    return call_async if inspect.iscoroutinefunction(function) else call


def main(arguments: list[str]) -> None:
    """Run the tests that standard input asks for."""
    task: dict[str, Any] = json.loads(sys.stdin.read())
    # Whatever the learner's code closes or prints to must not be what we report with.
    report = Path(arguments[0]).open("a", encoding="utf-8")  # noqa: SIM115 - as long as we live
    dump = Path(arguments[0] + ".stack").open("w", encoding="utf-8")  # noqa: SIM115 - as above
    say = Reporter(report, task["nonce"]).say
    output = BoundedText()
    sys.stdout = sys.stderr = output
    sys.stdin = io.StringIO()
    for folder in task["folders"]:
        sys.path.append(folder)
    try:
        tests = import_file(Path(task["milestones"]), "groundup_course_milestones")
    except BaseException:  # noqa: BLE001 - told to the author, by the grader
        say(fault=traceback.format_exc()[-2000:])
        return
    say(started="import")
    faulthandler.dump_traceback_later(task["limit"] * 0.8, file=dump)
    part = import_part(task, say, output)
    if part is not None:
        for test in task["tests"]:
            dump.seek(0)
            dump.truncate()
            faulthandler.dump_traceback_later(task["limit"] * 0.8, file=dump)
            say(started=test["name"])
            run_test(test, getattr(tests, test["name"]), part, task, say, output)
    faulthandler.cancel_dump_traceback_later()
    say(end=True)
    report.close()
    # Threads and exit hooks of the learner's code have no say in how this ends.
    os._exit(0)


def import_part(
    task: dict[str, Any], say: Callable[..., None], output: BoundedText
) -> ModuleType | None:
    """Import the learner's module; what goes wrong is reported."""
    try:
        if task["file"]:
            part = import_file(Path(task["file"]), task["module"])
        else:
            part = importlib.import_module(task["module"])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a learner's module may raise anything
        where = innermost(error, task["file"])
        text = f"{type(error).__name__}: {error}"[:MAX_PROBLEM]
        say(problem=f"importing it raised {text}", where=where, output=output.take())
        return None
    missing = [name for name in task["provides"] if not hasattr(part, name)]
    if missing:
        say(problem=f"it must define {missing[0]!r}", where="", output=output.take())
        return None
    return part


def run_test(
    test: dict[str, Any],
    function: Callable[[Any, Trial], Any],
    part: ModuleType,
    task: dict[str, Any],
    say: Callable[..., None],
    output: BoundedText,
    run: Callable[..., BaseException | None] | None = None,
) -> None:
    """Run one test, by default on our own runner, and report what became of it."""
    run = run or run_on_runner
    trial = Trial(test["name"], test["rule"], test["source"], seed=task["seed"], file=task["file"])
    error = run(trial_call(function, trial), part, trial)
    facts = {"test": test["name"], "did": trial.lines, "where": trial.where}
    facts["output"] = output.take()
    if error is None:
        say(kind="passed", **facts)
    else:
        say(**facts | describe_error(error, trial, task["file"]))


def run_on_runner(
    function: Callable[[Any, Trial], Any], part: Any, trial: Trial
) -> BaseException | None:
    """Run a test as `groundup_testing` runs any other, and return what it raised."""
    module = sys.modules[function.__module__]
    path = Path(str(module.__file__))
    case = Case(path, module, None, function, trial.name, {"part": part, "t": trial}, TestMarks())
    with TestRunner(Discovery(path.parent), capture=False) as runner:
        result = runner.run_case(case)
    if result.outcome is Outcome.PASSED:
        return None
    return trial.error or AssertionError(result.message)


def run_plainly(
    function: Callable[[Any, Trial], Any], part: Any, trial: Trial
) -> BaseException | None:
    """Run a test that waits for nothing, where no event loop can be started: in a browser."""
    try:
        function(part, trial)
    except Exception as error:  # noqa: BLE001 - a part may raise anything
        return error
    return None


def describe_error(error: BaseException, trial: Trial, file: str) -> dict[str, Any]:
    """Return the facts of an error."""
    if isinstance(error, Failure):
        return {
            "kind": error.kind,
            "expected": error.expected,
            "got": error.got,
            "caret": error.caret,
            "why": error.why,
        }
    where = innermost(error, file) or trial.where
    if isinstance(error, Ended):
        return {"kind": "ended", "expected": "a result", "got": str(error), "where": where}
    text = f"{type(error).__name__}: {error}"[:MAX_PROBLEM]
    kind = "assert" if isinstance(error, AssertionError) else "crash"
    expected = "what the rule says" if kind == "assert" else "no exception"
    return {"kind": kind, "expected": expected, "got": text, "where": where}


if __name__ == "__main__":
    main(sys.argv[1:])
