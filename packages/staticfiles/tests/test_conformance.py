"""CONFORMANCE.md: each of its rows is held by tests that are there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.with_name("CONFORMANCE.md")
ROW = re.compile(r"\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|")
HELD_BY = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def read_rows() -> list[tuple[int, list[tuple[str, str]]]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [ROW.fullmatch(line) for line in lines if re.match(r"\| \d", line)]
    return [(int(row[1]), HELD_BY.findall(row[2])) for row in rows if row]


def read_names(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


def test_rows_are_numbered_and_there_are_thirty_at_least() -> None:
    numbers = [number for number, _ in read_rows()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 30


def test_each_row_is_held_by_tests_that_exist() -> None:
    names = {path.name: read_names(path) for path in TESTS.glob("test_*.py")}

    for number, held_by in read_rows():
        assert held_by, number
        for module, name in held_by:
            assert name in names[module], f"row {number}: {module}::{name}"
