"""groundup_tcpserver.__main__: what the command says, and its exit status."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundup_tcpserver import TCPServer
from groundup_tcpserver.__main__ import greet, main

EXAMPLE = Path(__file__).parents[1] / "examples/tcp_server.py"
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")

Program = subprocess.Popen[str]


@pytest.fixture(params=["threads", "selector"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    """The example on a free port."""
    with subprocess.Popen(
        [sys.executable, str(EXAMPLE), "--port", "0", "--engine", request.param],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()
        process.communicate()


def connect(program: Program) -> socket.socket:
    assert program.stdout is not None
    match = re.fullmatch(r"Listening on port (\d+)\.\.\.\n", program.stdout.readline())
    assert match is not None
    return socket.create_connection(("127.0.0.1", int(match[1])), timeout=10)


def test_greets_and_sends_back_and_says_goodbye(program: Program) -> None:
    with connect(program) as client, client.makefile("rb") as answers:
        assert answers.readline() == b"Hello from server!\r\n"
        client.sendall(b"hello\r\n")
        assert answers.readline() == b"hello\r\n"
        client.shutdown(socket.SHUT_WR)
        assert answers.read() == b"Goodbye!\r\n"


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_though_a_client_is_there(
    program: Program, number: signal.Signals
) -> None:
    with connect(program) as client, client.makefile("rb") as answers:
        answers.readline()
        begin = time.monotonic()
        program.send_signal(number)
        assert answers.read() == b"Goodbye!\r\n"

    assert program.wait(10) == 0
    assert time.monotonic() - begin < 9
    assert program.stderr is not None
    assert program.stderr.read() == ""


def test_a_port_in_use_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert main(["--port", str(port)]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(f"cannot listen on 127.0.0.1:{port}: .*another port.*\n", printed.err)


def test_an_unknown_host_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "no such host"]) == 1
    assert re.fullmatch("cannot listen on no such host:8000: .*\n", capsys.readouterr().err)


@pytest.mark.parametrize("arguments", [["--port", "65536"], ["--port", "x"], ["--engine", "x"]])
def test_wrong_arguments_are_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "telnet localhost 8000" in capsys.readouterr().out


@posix_only
def test_a_second_ctrl_c_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: TCPServer, _: object) -> None:
        self.stop(0)
        raise KeyboardInterrupt

    monkeypatch.setattr(TCPServer, "serve_forever", interrupt)

    assert main(["--port", "0"]) == 130


def test_a_silent_client_is_told() -> None:
    with (
        TCPServer("127.0.0.1", 0, greet, idle_timeout=0.1) as server,
        socket.create_connection(server.address, timeout=10) as client,
        client.makefile("rb") as answers,
    ):
        assert answers.read() == b"Hello from server!\r\nStill there? Goodbye!\r\n"
