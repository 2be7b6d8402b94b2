"""groundup.commands.main: one group for our commands and those of guests."""

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundup.commands import main as package
from groundup.commands.main import OURS, Commands, cli
from groundup.errors import ConfigError, ListenError

Run = Callable[..., Result]
NAMES = sorted(OURS)


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_each_command_teaches(run: Run, name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0
    assert "\\b" not in result.output
    assert f"groundup {name}" in result.output.partition("\n")[2]  # an example below the usage


@pytest.mark.parametrize(
    ("error", "status"),
    [(ConfigError("no such thing"), 2), (ListenError("port is in use"), 1)],
)
def test_a_mistake_is_one_line_and_a_status(error: Exception, status: int) -> None:
    @click.group(cls=Commands)
    def group() -> None:
        """Hold one command."""

    @group.command()
    def fail() -> None:
        raise error

    result = CliRunner().invoke(group, ["fail"])

    assert (result.exit_code, result.stderr, result.stdout) == (status, f"groundup: {error}\n", "")


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "groundup", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("groundup, version ")


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two distributions that bring a command, and one that would like to be ours."""
    main: Any = sys.modules["groundup.commands.main"]
    guests = [
        EntryPoint("learn", f"{__name__}:learn", "groundup.commands"),
        EntryPoint("broken", "no_such_module:x", "groundup.commands"),
        EntryPoint("start", f"{__name__}:learn", "groundup.commands"),
    ]

    def entry_points(*, group: str) -> list[EntryPoint]:
        return guests

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", load)
    monkeypatch.setattr(cli, "commands", dict(cli.commands))
    monkeypatch.setattr(cli, "guests", main.LazyCommands.guests.func(cli))


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["groundup", *arguments])
    with pytest.raises(SystemExit) as caught:
        package()
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.usefixtures("guests")
def test_guests_bring_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "learn") == 0

    assert capsys.readouterr() == ("chapter 1\n", "")


@pytest.mark.usefixtures("guests")
def test_a_broken_guest_is_named_and_keeps_nobody_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--help") == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("groundup: command 'broken' cannot be loaded: ")
    assert "\n  learn" in captured.out
    assert "Serve an application" in captured.out

    assert call(monkeypatch, "broken") == 2
    assert "No such command 'broken'" in capsys.readouterr().err


IMPORTS = """
import sys
import groundup.commands.main
names = ("groundup.application", "groundup.commands.new", "groundup_compose", "groundup_testing")
names += ("asyncio", "groundup.config", "importlib.metadata", "rich", "sqlite3")
print([name for name in names if name in sys.modules])
"""


def test_a_command_is_imported_when_it_is_asked_for() -> None:
    command = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@click.command()
def learn() -> None:
    click.echo("chapter 1")


def load(entry: EntryPoint) -> Any:
    if entry.name == "broken":
        raise ImportError("no_such_module")
    return learn
