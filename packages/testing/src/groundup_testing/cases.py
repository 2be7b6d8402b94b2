"""What a runner runs and what becomes of it: plain data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from groundup_testing.marks import TestMarks

__all__ = ["Case", "Outcome", "Result", "RunnerError"]


class RunnerError(Exception):
    """The tests cannot be run as they are written: an unknown fixture, a circle, a bad option."""


class Outcome(Enum):
    """What became of a test; the letter is its mark in the progress line."""

    PASSED = "."
    FAILED = "F"
    ERROR = "E"
    SKIPPED = "s"
    XFAILED = "x"
    XPASSED = "X"

    @property
    def bad(self) -> bool:
        """Whether the whole run fails by it."""
        return self in {Outcome.FAILED, Outcome.ERROR}


@dataclass(slots=True)
class Case:
    """One test with one set of parameters."""

    path: Path
    module: ModuleType
    owner: type | None
    function: Callable[..., Any]
    name: str
    """With the ids of its parameters: ``test_add[2-3]``."""
    parameters: dict[str, Any]
    marks: TestMarks

    @property
    def id(self) -> str:
        """File, class and name, as they are typed to run it alone."""
        owner = f"{self.owner.__name__}::" if self.owner is not None else ""
        return f"{self.path.as_posix()}::{owner}{self.name}"


@dataclass(slots=True)
class Result:
    """What became of one test."""

    id: str
    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    """One line: the error, or the reason to skip."""
    details: str = ""
    """The traceback."""
    output: str = ""
    """What the test printed."""
    classname: str = field(default="")
