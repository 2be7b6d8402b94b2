"""A folder to stand in, and the command line to call there."""

import gc
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundup.commands.main import cli

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, whose modules can be imported and forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("HOST", "PORT", "DATA", "DEBUG", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(f"GROUNDUP_{name}", raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Generator[Run]:
    """Call the command line in the folder; an error that is not told in one line fails the test."""

    def call(*arguments: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(cli, arguments, input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    yield call
    gc.unfreeze()  # what `start` froze is a command's for good, and here one of many tests
