"""CONFORMANCE.md: each demand of RFC 9112 is held by a test that exists."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
TEXT = (PACKAGE / "CONFORMANCE.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(\w+)/(\w+\.py)::(\w+)`", TEXT)))
DEMANDS = re.findall(r"^\| ([2-9](?:\.\d)*) \| (.*) \|$", TEXT, re.MULTILINE)
OPEN = 1  # demands that no test holds yet


@pytest.mark.parametrize(("package", "file", "name"), NAMED)
def test_every_test_named_there_exists(package: str, file: str, name: str) -> None:
    tests = PACKAGE.with_name(package) / "tests"
    if not tests.exists() and tests.parent != PACKAGE:
        pytest.skip(f"{package} is not beside this package")

    source = (tests / file).read_text("utf-8")

    assert re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE)


def test_every_demand_names_a_test() -> None:
    unheld = [row for row in DEMANDS if "::" not in row[1]]

    assert len(DEMANDS) > 40
    assert len(unheld) == OPEN
    assert all("open: " in text for _, text in unheld)


def test_every_section_with_a_demand_is_there() -> None:
    sections = {section for section, _ in DEMANDS}

    assert sections >= {
        *("2.2", "3", "3.2", "3.2.2", "4", "5.1", "5.2", "6.1", "6.2", "6.3", "7.1", "7.1.1"),
        *("7.1.2", "9.3", "9.3.2", "9.6", "9.7", "9.8"),
    }
