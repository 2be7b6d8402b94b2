"""Grade a program: run it in a process of its own, and believe only what that process can prove.

    grader                         child
      task, over standard input ─►   imports the program, runs test after test
      report file             ◄─     started m1_...  ·  m1_... passed  ·  ...  ·  end

It fails closed.  A test counts as passed only if the report says so with the word that was given
over standard input, and the end was reached: `exit(0)`, an endless loop, an import that fails and a
program that prints "passed" are failures.  A test that takes too long ends the run, with everything
that the program has started.
"""

import contextlib
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundup_course.chapter import Chapter, Test
from groundup_course.errors import GraderError, WorkspaceError
from groundup_course.trial import slowness
from groundup_course.verdict import Outcome, Verdict

__all__ = ["Subject", "grade", "new_seed"]

START_LIMIT = 20  # seconds until the child has imported what it needs
MAX_REPORT = 4_000_000  # bytes
NEW_GROUP = 0x200  # CREATE_NEW_PROCESS_GROUP, which subprocess has on Windows only
LINE = re.compile(r'File "([^"]+)", line (\d+) in (\S+)')


@dataclass(frozen=True, slots=True)
class Subject:
    """What is graded: a file, or a module that is installed."""

    module: str
    file: Path | None = None

    @classmethod
    def of_file(cls, chapter: Chapter, path: Path) -> "Subject":
        """Return a file as a learner's program of a chapter."""
        if not path.is_file():
            raise WorkspaceError(f"a program must be a file, got {path.name!r}: it is not there")
        return cls(chapter.module, path.resolve())

    @classmethod
    def of_package(cls, chapter: Chapter) -> "Subject":
        """Return the package that the chapter leads to, in the learner's words if they differ."""
        view = chapter.folder / "package.py"
        # Under the learner's name: under the package's own it would import itself.
        return cls(chapter.module, view) if view.is_file() else cls(chapter.package)


@dataclass(slots=True)
class Report:
    """What the child has said so far."""

    nonce: str
    started: str = ""
    ended: bool = False
    fault: str = ""
    problem: dict[str, Any] = field(default_factory=dict[str, Any])
    tests: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def read(self, text: str) -> None:
        """Take lines of the report; what does not carry the word is nobody's."""
        for line in text.splitlines():
            with contextlib.suppress(ValueError, AttributeError):
                facts: dict[str, Any] = json.loads(line)
                if facts.pop("nonce", None) == self.nonce:
                    self.take(facts)

    def take(self, facts: dict[str, Any]) -> None:
        self.started = facts.get("started", self.started)
        self.ended = self.ended or bool(facts.get("end"))
        self.fault = facts.get("fault", self.fault)
        if "problem" in facts:
            self.problem = facts
        if "test" in facts:
            # The first word counts: nobody can take a failure back.
            self.tests.setdefault(facts["test"], facts)


def new_seed() -> int:
    """Return a seed that is short enough to type."""
    return secrets.randbelow(10_000)


def grade(
    chapter: Chapter, subject: Subject, *, seed: int = 0, upto: int = 4, limit: float | None = None
) -> Verdict:
    """Run the tests of a chapter on a program.

    Args:
        chapter: Whose tests.
        subject: The program.
        seed: Repeats the random choices of the tests.
        upto: The last milestone to run.
        limit: Seconds for one test; by default the chapter's times ``GROUNDUP_SLOW``.

    Raises:
        GraderError: The grader itself failed, so nothing is known of the program.
    """
    tests = chapter.tests_to(upto)
    seconds = limit if limit is not None else chapter.limit * slowness()
    with tempfile.TemporaryDirectory(
        prefix="groundup-grader-", ignore_cleanup_errors=True
    ) as folder:
        path = Path(folder) / "report"
        path.touch()
        report = Report(secrets.token_hex(8))
        task = make_task(chapter, subject, tests, report.nonce, seed, seconds)
        late, status = run_child(task, path, report, seconds)
        stack = read_stack(path.with_name("report.stack"), subject.file) if late else ""
    if report.fault:
        raise GraderError(f"tests of chapter {chapter.name} must be importable: {report.fault}")
    if not report.started:
        raise GraderError(f"the child must start, it ended with status {status}")
    ending = (
        f"it took longer than {seconds:g} s" if late else f"the program ended itself ({status})"
    )
    outcomes = tuple(
        make_outcome(test, report, late=late, ending=ending, stack=stack) for test in tests
    )
    problem, where = str(report.problem.get("problem", "")), str(report.problem.get("where", ""))
    if not report.ended and report.started == "import" and not problem:
        problem, where = f"importing it did not come to an end: {ending}", stack
    if not report.ended and not problem and len(report.tests) >= len(tests):
        problem = f"it did not wait for the end: {ending}"
    output = str(report.problem.get("output", ""))
    return Verdict(chapter.name, seed, upto, outcomes, problem, where, output)


def make_task(
    chapter: Chapter, subject: Subject, tests: list[Test], nonce: str, seed: int, limit: float
) -> dict[str, Any]:
    """Return what the child is told."""
    return {
        "nonce": nonce,
        "milestones": str(chapter.milestones_file),
        "file": str(subject.file or ""),
        "module": subject.module,
        "provides": list(chapter.provides),
        "folders": [str(subject.file.parent)] if subject.file else [],
        "tests": [{"name": one.name, "rule": one.rule, "source": one.origin} for one in tests],
        "seed": seed,
        "limit": limit,
    }


def run_child(
    task: Mapping[str, Any], path: Path, report: Report, limit: float
) -> tuple[bool, int | None]:
    """Run the child until it ends or says nothing for too long: whether it was late, its status."""
    windows = sys.platform == "win32"
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "groundup_course.child", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        start_new_session=not windows,
        creationflags=NEW_GROUP if windows else 0,
    )
    try:
        with contextlib.suppress(OSError), process.stdin or io.BytesIO() as stream:
            stream.write(json.dumps(task).encode())
        late = watch(process, path, report, limit)
    finally:
        kill(process)
    read_report(path, report)
    return late and not report.ended, process.returncode


def watch(process: subprocess.Popen[bytes], path: Path, report: Report, limit: float) -> bool:
    """Wait for the end of the child; return whether a test took too long."""
    seen, deadline = 0, time.monotonic() + START_LIMIT * slowness()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            return False
        size = path.stat().st_size
        if size != seen:
            read_report(path, report)
            seen, deadline = size, time.monotonic() + limit
        if report.ended or size > MAX_REPORT:
            return False
        if time.monotonic() > deadline:
            return True


def read_report(path: Path, report: Report) -> None:
    """Read the report as far as it is written."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        report.read(stream.read(MAX_REPORT))


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the child, and on POSIX whatever it has started."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            subprocess.run(  # noqa: S603 - a fixed command
                ["taskkill", "/T", "/F", "/PID", str(process.pid)],  # noqa: S607 - of Windows
                capture_output=True,
                check=False,
            )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def read_stack(path: Path, file: Path | None) -> str:
    """Return the learner's line that was running when time was up."""
    if file is None or not path.is_file():
        return ""
    for name, line, function in LINE.findall(path.read_text(encoding="utf-8", errors="replace")):
        if Path(name) == file:
            return f"{file.name}:{line} in {function}"
    return ""


def make_outcome(test: Test, report: Report, *, late: bool, ending: str, stack: str) -> Outcome:
    """Return what became of a test."""
    facts = report.tests.get(test.name)
    if facts is None:
        running = report.started == test.name and not report.ended
        kind = ("timeout" if late else "ended") if running else "missing"
        got = ending if running else "it was not run"
        because = f"{test.rule.rstrip('.')} ({test.origin})"
        return Outcome(
            test.name, test.milestone, kind, test.rule, (), "a result", because, got, "", stack
        )
    why = f": {facts['why']}" if facts.get("why") else ""
    return Outcome(
        name=test.name,
        milestone=test.milestone,
        kind=facts["kind"],
        rule=test.rule,
        did=tuple(facts.get("did", ())),
        expected=facts.get("expected", ""),
        because=f"{test.rule.rstrip('.')} ({test.origin}){why}",
        got=facts.get("got", ""),
        caret=facts.get("caret", ""),
        where=facts.get("where", ""),
        output=facts.get("output", ""),
    )
