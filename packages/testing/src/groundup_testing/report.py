"""Show results: a line of dots, what went wrong, a count; and JUnit's XML for other programs."""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO
from xml.etree import ElementTree as ET

from groundup_testing.cases import Outcome, Result
from groundup_testing.coverage import FileCoverage

__all__ = ["Report", "write_junit"]

WIDTH = 80
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORDS = {
    Outcome.FAILED: "failed",
    Outcome.ERROR: "errors",
    Outcome.PASSED: "passed",
    Outcome.SKIPPED: "skipped",
    Outcome.XFAILED: "xfailed",
    Outcome.XPASSED: "xpassed",
}


class Report:
    """Writes for a person.

    Args:
        out: Where to.
        verbose: Whether each test gets a line.
    """

    def __init__(self, out: TextIO | None = None, *, verbose: bool = False) -> None:
        self._out = out or sys.stdout
        self._verbose = verbose
        self._column = 0
        self.results: list[Result] = []

    def add(self, result: Result) -> None:
        """Show a result as soon as it is there."""
        self.results.append(result)
        if self._verbose:
            reason = f" ({result.message})" if result.message and not result.outcome.bad else ""
            self._line(f"{result.id} {result.outcome.name}{reason}")
            return
        self._out.write(result.outcome.value)
        self._column += 1
        if self._column == WIDTH:
            self._line("")
            self._column = 0
        self._out.flush()

    def finish(self, seconds: float) -> None:
        """Show what went wrong, and the count."""
        if self._column:
            self._line("")
        bad = [result for result in self.results if result.outcome.bad]
        for result in bad:
            self._line(f"\n{f' {result.id} ':=^{WIDTH}}")
            self._line(result.details.rstrip())
            if result.output:
                self._line(f"{' what it printed ':-^{WIDTH}}\n{result.output.rstrip()}")
        if bad:
            self._line("")
            for result in bad:
                self._line(f"{result.outcome.name} {result.id} - {result.message}")
        counts = Counter(result.outcome for result in self.results)
        parts = [f"{counts[outcome]} {word}" for outcome, word in WORDS.items() if counts[outcome]]
        self._line(f"{', '.join(parts) or 'no tests ran'} in {seconds:.2f}s")

    def show_coverage(self, files: Sequence[FileCoverage], root: Path) -> float:
        """Show a table of lines that have not run; return how much of all has."""
        self._line(f"\n{'file':<48} {'lines':>6} {'missed':>6} {'run':>6}  missing")
        for file in files:
            path = file.path.relative_to(root) if file.path.is_relative_to(root) else file.path
            self._line(
                f"{path!s:<48} {len(file.lines):>6} {len(file.missing):>6} {file.percent:>5.0f}%  "
                f"{file.ranges()}".rstrip()
            )
        lines = sum(len(file.lines) for file in files)
        missed = sum(len(file.missing) for file in files)
        percent = 100 * (lines - missed) / lines if lines else 100.0
        self._line(f"{'all':<48} {lines:>6} {missed:>6} {percent:>5.0f}%")
        return percent

    def _line(self, text: str) -> None:
        self._out.write(f"{text}\n")


def write_junit(path: Path, results: Sequence[Result], seconds: float) -> None:
    """Write results as the XML that build servers read."""
    counts = Counter(result.outcome for result in results)
    suite = ET.Element(
        "testsuite",
        name="groundup-test",
        tests=str(len(results)),
        failures=str(counts[Outcome.FAILED]),
        errors=str(counts[Outcome.ERROR]),
        skipped=str(counts[Outcome.SKIPPED] + counts[Outcome.XFAILED]),
        time=f"{seconds:.3f}",
    )
    for result in results:
        place, _, name = result.id.rpartition("::")
        classname = place.replace(".py", "", 1).replace("/", ".").replace("::", ".")
        case = ET.SubElement(
            suite, "testcase", classname=classname, name=clean(name), time=f"{result.seconds:.3f}"
        )
        if result.outcome.bad:
            tag = "failure" if result.outcome is Outcome.FAILED else "error"
            ET.SubElement(case, tag, message=clean(result.message)).text = clean(result.details)
        elif result.outcome in {Outcome.SKIPPED, Outcome.XFAILED}:
            ET.SubElement(case, "skipped", message=clean(result.message))
        if result.output:
            ET.SubElement(case, "system-out").text = clean(result.output)
    root = ET.Element("testsuites")
    root.append(suite)
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def clean(text: str) -> str:
    """Return text without the characters that XML cannot have."""
    return NOT_XML.sub("�", text)
