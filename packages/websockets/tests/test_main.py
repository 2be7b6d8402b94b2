"""python -m groundup_websockets: shows frames, and teaches by --help."""

import subprocess
import sys

import pytest

from groundup_websockets.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param([], "payload 'Hello'", id="nothing"),
        pytest.param(["decode", "81", "02", "48", "69"], "payload 'Hi'", id="decode"),
        pytest.param(["decode", "88050 3e8627965"], "close code 1000", id="blanks-anywhere"),
        pytest.param(["encode", "Hi"], "81 02 48 69", id="encode"),
        pytest.param(["encode", "Hi", "--no-fin"], "01 02 48 69", id="fragment"),
        pytest.param(["encode", "Hello", "--key", "37fa213d"], "81 85 37 fa 21 3d 7f", id="key"),
        pytest.param(["encode", "bye", "--opcode", "close"], "88 05 03 e8 62 79 65", id="close"),
        pytest.param(["accept", "x3JJHMbDL1EzLkh9GBhXDw=="], "HSmrc0sMlYUkAGmm5", id="accept"),
    ],
)
def test_commands(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0

    assert line in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["decode", "8"],
        ["decode", "xy"],
        ["encode", "x", "--key", "00"],
        ["encode", "x", "--opcode", "close", "--code", "1005"],
    ],
)
def test_mistakes_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1

    assert capsys.readouterr().err.count("\n") == 1


def test_help_teaches() -> None:
    command = [sys.executable, "-m", "groundup_websockets", "--help"]

    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "accept x3JJHMbDL1EzLkh9GBhXDw==" in result.stdout
    assert "python -m groundup_websockets decode" in result.stdout
