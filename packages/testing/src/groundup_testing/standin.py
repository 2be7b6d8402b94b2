"""A module ``pytest`` for the time of a run: test files that use its common words run here as well.

``fixture``, ``mark``, ``raises``, ``skip`` and ``fail`` are ours.  Any other name is an error that
says so: a file that needs more of pytest is to be run by pytest.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from groundup_testing import marks

__all__ = ["pytest_stand_in"]

WORDS = ("fixture", "mark", "raises", "skip", "fail")


class StandIn(ModuleType):
    """What ``import pytest`` gives in a test file."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"groundup-test knows {', '.join(WORDS)} of pytest, got {name!r}: run it by pytest"
        )


@contextmanager
def pytest_stand_in() -> Generator[None, None, None]:
    """Put the module in place, and take it away again."""
    old, own = sys.modules.get("pytest"), StandIn("pytest")
    for word in WORDS:
        setattr(own, word, getattr(marks, word))
    before, marks.Backend.pytest = marks.Backend.pytest, False
    sys.modules["pytest"] = own
    try:
        yield
    finally:
        marks.Backend.pytest = before
        if old is None:
            del sys.modules["pytest"]
        else:
            sys.modules["pytest"] = old
