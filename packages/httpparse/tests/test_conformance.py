"""CONFORMANCE.md: each demand of RFC 9112 is held by a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1]
TEXT = (PACKAGE / "CONFORMANCE.md").read_text("utf-8")
NAME = re.compile(r"(\w+)/(test_\w+\.py)::(test_\w+)")
OPEN = frozenset[str]()  # sections of demands that may still say that no test holds them


class Demand(NamedTuple):
    """One row of the two tables: what must be, and what should be."""

    section: str
    who: str
    what: str
    held_by: str


def read_demands() -> list[Demand]:
    """Return the rows under the first two headings."""
    demands: list[Demand] = []
    _, must, should, *_ = TEXT.split("\n## ")
    for table, columns in ((must, 4), (should, 3)):
        for line in table.splitlines():
            if line.startswith("|") and not line.startswith(("| section ", "| ---")):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                assert len(cells) == columns, line
                demands.append(Demand(cells[0], cells[1] if columns == 4 else "", *cells[-2:]))
    return demands


DEMANDS = read_demands()
NAMED = sorted(set(NAME.findall(TEXT)))


@cache
def functions_of(path: Path) -> dict[str, list[str]]:
    """Return the functions at the top of a module, and the decorators of each."""
    return {
        node.name: [ast.unparse(decorator) for decorator in node.decorator_list]
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize(("package", "file", "name"), NAMED)
def test_every_test_named_there_exists_and_is_run(package: str, file: str, name: str) -> None:
    tests = PACKAGE.with_name(package) / "tests"
    if not tests.exists() and package != "httpparse":
        pytest.skip(f"{package} is not beside this package")

    functions = functions_of(tests / file)

    assert name in functions
    assert not [mark for mark in functions[name] if re.search(r"\bmark\.(skip|xfail)\b", mark)]


@pytest.mark.parametrize("demand", DEMANDS, ids=range(len(DEMANDS)))
def test_every_demand_names_its_tests_and_nothing_else(demand: Demand) -> None:
    quoted = re.findall(r"`([^`]*)`", demand.held_by)

    assert all(NAME.fullmatch(name) for name in quoted)
    assert demand.held_by.count("::") == len(quoted)
    assert quoted, "no test holds it"
    assert re.fullmatch(r"[2-9](\.\d)*", demand.section)
    assert demand.what.endswith(".")


def test_both_tables_are_read() -> None:
    who = [demand.who for demand in DEMANDS]

    assert who.count("recipient") + who.count("sender") >= 39
    assert who.count("") >= 8
    assert set(who) == {"recipient", "sender", ""}


def test_every_section_with_a_demand_is_there() -> None:
    sections = {demand.section for demand in DEMANDS if demand.who}

    assert sections >= {
        *("2.2", "3", "3.2", "3.2.2", "4", "5.1", "5.2", "6.1", "6.2", "6.3", "7.1", "7.1.1"),
        *("7.1.2", "9.3", "9.3.2", "9.6", "9.7", "9.8"),
    }
