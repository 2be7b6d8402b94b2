"""Project 2.

    $ curl -X POST http://localhost:8000/api/users -H "Content-Type: application/json" \
        -d '{"name": "Alice"}'

    $ python http_parser.py
    Parsed Request:
      Method: POST
      ...

The order of curl's own fields (User-Agent, Accept) is curl's; the request below has the seed's.
The seed counts 18 bytes for a body of 17: the parser would wait for the one that is missing, so
the body here ends with the line break that makes them 18.
"""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "packages/httpparse/examples/http_parser.py"

REQUEST = (
    b"POST /api/users HTTP/1.1\r\n"
    b"Host: localhost:8000\r\n"
    b"Content-Type: application/json\r\n"
    b"Content-Length: 17\r\n"
    b"\r\n"
    b'{"name": "Alice"}'
)
PRINTED = """\
Parsed Request:
  Method: POST
  Path: /api/users
  Query: (none)
  HTTP Version: 1.1
  Headers:
    Host: localhost:8000
    Content-Type: application/json
    Content-Length: 17
  Body: {"name": "Alice"}
"""


def test_a_saved_request_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "request.http"
    path.write_bytes(REQUEST)

    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(path)], capture_output=True, text=True, check=True
    )

    assert done.stdout == PRINTED


def test_a_live_request_is_printed_and_answered(start: Callable[..., Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = start(str(EXAMPLE), "--listen", str(port))
    program.wait_for(f"{port}")

    with socket.create_connection(("localhost", port), timeout=10) as client:
        client.sendall(REQUEST)
        answer = client.recv(1000)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    program.wait_for("Parsed Request:")
    program.wait_for(r'^  Body: \{"name": "Alice"\}$')
    assert "\n".join(program.lines[-10:]) + "\n" == PRINTED
