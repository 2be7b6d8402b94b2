"""tests.benchmarks.costs: no hot path executes more than is written down."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.benchmarks import costs
from tests.benchmarks.paths import with_hot_paths

ROOT = Path(__file__).parents[2]

# What -m does, though a package that somebody else installed is called `tests`, too.
RUN = """
import runpy, sys, types
ours = sys.modules["tests"] = types.ModuleType("tests")
ours.__path__ = ["tests"]
runpy.run_module("tests.benchmarks.costs", run_name="__main__")
"""


# Each version of Python counts its own instructions, and some count calls differently.
known_version = pytest.mark.skipif(
    costs.read() is None, reason=f"no costs of Python {costs.VERSION} are written down"
)


@known_version
def test_hot_paths_cost_no_more_than_is_written_down() -> None:
    # In a process of its own: what other tests have cached, patched or traced would count.
    command = [sys.executable, "-c", RUN, "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@known_version
def test_counts_are_exact() -> None:
    numbers = [3, 1, 2]

    def call() -> None:
        sorted(numbers)

    assert costs.count(call)["calls into C"] == 1
    assert costs.count(call) == costs.count(call)


def test_a_path_may_grow_by_the_tolerance_and_no_further() -> None:
    known = {"parse": {"instructions": 1000}}

    assert costs.compare({"parse": {"instructions": 1040}}, known) == []
    assert costs.compare({"parse": {"instructions": 1041}}, known) == [
        "parse: at most 1040 instructions, got 1041"
    ]


def test_a_path_that_is_not_written_down_is_named() -> None:
    assert costs.compare({"new": {"instructions": 1}}, {}) == ["new: not in costs.json"]


def test_every_path_that_is_written_down_is_still_measured() -> None:
    known = costs.read() or {}

    found = with_hot_paths(set)

    assert set(known) <= found
