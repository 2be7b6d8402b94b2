"""groundup_testing.report: what a person reads of a run."""

import io
from pathlib import Path

from groundup_testing.cases import Outcome, Result
from groundup_testing.coverage import FileCoverage
from groundup_testing.report import Report, clean


def test_dots_are_broken_into_lines() -> None:
    out = io.StringIO()
    report = Report(out)

    for number in range(100):
        report.add(Result(f"test_{number}", Outcome.PASSED))
    report.finish(1.5)

    assert out.getvalue().splitlines() == ["." * 80, "." * 20, "100 passed in 1.50s"]


def test_the_table_of_coverage_is_relative_and_has_a_sum() -> None:
    out, root = io.StringIO(), Path("/site")
    files = [
        FileCoverage(root / "a.py", frozenset({1, 2, 3, 4}), frozenset({1})),
        FileCoverage(Path("/other/b.py"), frozenset({1}), frozenset({1})),
    ]

    percent = Report(out).show_coverage(files, root)

    rows = [line.split() for line in out.getvalue().splitlines()]
    assert percent == 40
    assert ["a.py", "4", "3", "25%", "2-4"] in rows
    assert [str(Path("/other/b.py")), "1", "0", "100%"] in rows
    assert rows[-1] == ["all", "5", "3", "40%"]
    assert Report(out).show_coverage([], root) == 100


def test_characters_that_xml_has_not_are_replaced() -> None:
    assert clean("a\x00b\x1b[31m\té\ud800") == "a�b�[31m\té�"
