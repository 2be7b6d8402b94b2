"""groundup_httpparse.__main__: what the command prints, answers and ends with."""

import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from groundup_httpparse import parse_request
from groundup_httpparse.__main__ import describe, main

GET = b"GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n"
EXAMPLE = Path(__file__).parents[1] / "examples/http_parser.py"


def test_describes_everything_that_a_request_has() -> None:
    wire = (
        b"POST /api?a=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhi\r\n0\r\nDigest: abc\r\n\r\n"
    )

    assert describe(parse_request(wire)).splitlines() == [
        "Parsed Request:",
        "  Method: POST",
        "  Path: /api",
        "  Query: a=1",
        "  HTTP Version: 1.1",
        "  Headers:",
        "    Host: a",
        "    Transfer-Encoding: chunked",
        "  Body: hi",
        "  Trailers:",
        "    Digest: abc",
    ]


@pytest.mark.parametrize(
    ("target", "path"),
    [("*", "*"), ("http://a/b?c", "/b")],
)
def test_every_form_of_target_has_a_path_to_show(target: str, path: str) -> None:
    request = parse_request(f"OPTIONS {target} HTTP/1.0\r\n\r\n".encode())

    assert f"  Path: {path}\n" in describe(request)
    assert "  Headers: (none)\n" in describe(request)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("café\n", "  Body: café"),
        ("a\x1b[2Jb\x00", r"  Body: a\x1b[2Jb\x00"),
        (b"\xff\xfe", "  Body: (2 bytes that are not text)"),
    ],
    ids=["text", "controls", "binary"],
)
def test_a_body_never_commands_the_terminal(body: str | bytes, shown: str) -> None:
    data = body.encode() if isinstance(body, str) else body
    wire = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (len(data), data)

    assert describe(parse_request(wire)).splitlines()[-1] == shown


def test_a_file_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "request.http"
    path.write_bytes(GET)

    assert main([str(path)]) == 0
    assert "  Path: /a\n  Query: b=c\n" in capsys.readouterr().out


def test_standard_input_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(GET)))

    assert main(["-"]) == 0
    assert "Method: GET" in capsys.readouterr().out


def test_what_is_not_http_is_one_line_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "request.http"
    path.write_bytes(b"hello\n")

    assert main([str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("not HTTP: line break must be CRLF")
    assert printed.err.count("\n") == 1


def test_a_missing_file_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "missing")]) == 2
    assert re.fullmatch("cannot read .*missing: .*\n", capsys.readouterr().err)


def test_a_port_that_is_taken_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--listen", str(port)]) == 1
    assert re.fullmatch(f"cannot listen on port {port}: .*--listen 0.*\n", capsys.readouterr().err)


@pytest.mark.parametrize("port", ["65536", "-1", "x", "\N{ARABIC-INDIC DIGIT EIGHT}", "99999"])
def test_what_is_no_port_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([f"--listen={port}"])
    assert caught.value.code == 2
    assert "port must be a number from 0 to 65535" in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "curl http://localhost:8000" in capsys.readouterr().out


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    """The example program, waiting for live requests."""
    with subprocess.Popen(
        [sys.executable, str(EXAMPLE), "--listen", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    ) as process:
        yield process
        process.kill()
        process.communicate()


def connect(server: subprocess.Popen[str]) -> socket.socket:
    assert server.stdout is not None
    match = re.match(r"Listening on port (\d+)\.\.\.", server.stdout.readline())
    assert match is not None
    return socket.create_connection(("127.0.0.1", int(match[1])), timeout=10)


def test_live_requests_are_answered_on_one_connection(server: subprocess.Popen[str]) -> None:
    with connect(server) as client, client.makefile("rb") as answers:
        for _ in range(2):
            length = 0
            client.sendall(GET)
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            while (line := answers.readline()) != b"\r\n":
                length = int(line.split()[1]) if line.startswith(b"Content-L") else length
            assert answers.read(length).startswith(b"Parsed Request:\n  Method: GET\n")


def test_nothing_is_answered_after_a_close(server: subprocess.Popen[str]) -> None:
    with connect(server) as client, client.makefile("rb") as answers:
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + GET)
        client.shutdown(socket.SHUT_WR)

        assert answers.read().count(b"HTTP/1.1 200 OK\r\n") == 1


def test_a_client_that_waits_is_told_to_go_on(server: subprocess.Popen[str]) -> None:
    with connect(server) as client, client.makefile("rb") as answers:
        client.sendall(
            b"PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert answers.readline() == b"\r\n"
        client.sendall(b"hi")
        assert answers.read().endswith(b"  Body: hi\n")


def test_what_is_not_http_is_answered_with_its_status(server: subprocess.Popen[str]) -> None:
    with connect(server) as client, client.makefile("rb") as answers:
        client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        client.shutdown(socket.SHUT_WR)

        answer = answers.read()

    assert answer.startswith(b"HTTP/1.1 505 HTTP Version Not Supported\r\n")
    assert b"\r\nConnection: close\r\n" in answer
