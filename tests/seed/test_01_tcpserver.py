"""Project 1.

$ python tcp_server.py &
Listening on port 8000...

$ telnet localhost 8000
Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
Hello from server!
"""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "packages/tcpserver/examples/tcp_server.py"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_server_says_where_it_listens_and_greets(start: Callable[..., Any]) -> None:
    port = free_port()
    server = start(str(EXAMPLE), "--port", str(port))

    assert server.wait_for("Listening").string == f"Listening on port {port}..."
    with socket.create_connection(("localhost", port), timeout=10) as client:
        greeting = client.makefile("rb").readline()

    assert greeting.rstrip(b"\r\n") == b"Hello from server!"
    assert server.stop() == 0


def test_the_module_does_the_same(start: Callable[..., Any]) -> None:
    port = free_port()
    server = start("-m", "groundup_tcpserver", "--port", str(port))

    server.wait_for(rf"^Listening on port {port}\.\.\.$")
    with socket.create_connection(("localhost", port), timeout=10) as client:
        assert client.recv(100).startswith(b"Hello from server!")
