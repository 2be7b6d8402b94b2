"""python -m groundup_asyncserver: what it prints, and how it fails."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundup_asyncserver.__main__ import load_handler, main

COMMAND = [sys.executable, "-m", "groundup_asyncserver"]

HANDLER = """
from groundup_messages import Response

def handler(request):
    return Response(200, f"mine: {request.path}")

class Holder:
    handler = staticmethod(handler)

number = 42
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_handlers.py").write_text(HANDLER)
    (tmp_path / "broken_handlers.py").write_text("import no_such_module_at_all\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "Hello from server! You asked for GET /page\n"),
        (["my_handlers:handler"], "mine: /page"),
        (["my_handlers:Holder.handler"], "mine: /page"),
    ],
)
def test_serves_until_it_is_interrupted(folder: Path, arguments: list[str], text: str) -> None:
    command = [*COMMAND, *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.removeprefix("Listening on ").partition(" ")[0]
        answer = httpx.get(f"{url}/page", timeout=10)
        process.send_signal(signal.SIGTERM)

    assert answer.text == text
    assert process.returncode in {0, 1} if sys.platform == "win32" else process.returncode == 0


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, cwd=folder, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "handler must be named as module:attribute, got 'nonsense'"),
        (["no_such_module:handler"], "cannot import 'no_such_module'"),
        (["broken_handlers:handler"], "No module named 'no_such_module_at_all'"),
        (["my_handlers:number"], "must be something to call, got 42"),
        (["my_handlers:missing"], "must be something to call, got None"),
        (["--port", "70000"], "port must be 0 to 65535, got 70000"),
        (["--host", "192.0.2.1"], "is no address of this machine"),
    ],
)
def test_mistakes_are_one_line_and_status_1(
    folder: Path, arguments: list[str], message: str
) -> None:
    result = run(folder, *arguments)

    assert result.returncode == 1
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line_and_status_1(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = run(folder, "--port", str(other.getsockname()[1]))

    assert result.returncode == 1
    assert "is in use: stop the other program, or choose another port" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    assert caught.value.code == 0
    assert "python -m groundup_asyncserver hello:handler --port 8000" in capsys.readouterr().out


def test_a_handler_is_named_by_module_and_attribute() -> None:
    handler: Any = load_handler("groundup_asyncserver.__main__:greet")

    assert handler.__name__ == "greet"
