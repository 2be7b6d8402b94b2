"""groundup.commands.main: one group for our commands and those of guests."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundup.commands import main as package
from groundup.commands.main import Commands, cli
from groundup.errors import ConfigError, ListenError

Run = Callable[..., Result]
NAMES = sorted(cli.commands)


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


def test_guests_bring_commands_and_broken_ones_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main: Any = sys.modules["groundup.commands.main"]
    guests = [
        EntryPoint("learn", f"{__name__}:learn", "groundup.commands"),
        EntryPoint("broken", "no_such_module:x", "groundup.commands"),
    ]

    def entry_points(*, group: str) -> list[EntryPoint]:
        return guests

    monkeypatch.setattr(main, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", load)
    monkeypatch.setattr(cli, "commands", dict(cli.commands))
    monkeypatch.setattr(sys, "argv", ["groundup", "learn"])

    with pytest.raises(SystemExit) as caught:
        package()

    captured = capsys.readouterr()
    assert caught.value.code == 0
    assert captured.out == "chapter 1\n"
    assert captured.err.startswith("groundup: command 'broken' cannot be loaded: ")


@click.command()
def learn() -> None:
    click.echo("chapter 1")


def load(entry: EntryPoint) -> Any:
    if entry.name == "broken":
        raise ImportError("no_such_module")
    return learn
