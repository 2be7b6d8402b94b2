"""groundup_tcpserver.server: what only threads have; the rest is in test_contract."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundup_tcpserver import Connection, TCPServer
from groundup_tcpserver import server as module


@pytest.fixture
def serve() -> Iterator[Callable[..., TCPServer]]:
    servers: list[TCPServer] = []

    def serve(handler: Callable[[Connection], None], **settings: Any) -> TCPServer:
        server = TCPServer("127.0.0.1", 0, handler, **settings)
        servers.append(server)
        server.start()
        return server

    yield serve
    for server in servers:
        server.stop(0)


def test_a_plain_function_is_a_handler(serve: Callable[..., TCPServer]) -> None:
    def handler(connection: Connection) -> None:
        connection.send(connection.read_until(b"\n").upper())

    with socket.create_connection(serve(handler).address, timeout=10) as client:
        client.sendall(b"hello\n")
        assert client.recv(100) == b"HELLO\n"


def test_a_client_without_a_thread_is_turned_away_and_the_next_is_served(
    serve: Callable[..., TCPServer],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def handler(connection: Connection) -> None:
        connection.send(b"served")

    server = serve(handler)
    start, failures = threading.Thread.start, [1]

    def fail(self: threading.Thread) -> None:
        if failures:
            failures.pop()
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", fail)

    with socket.create_connection(server.address, timeout=10) as client:
        assert client.recv(10) == b""
    with socket.create_connection(server.address, timeout=10) as client:
        assert client.recv(10) == b"served"
    assert "can't start new thread" in caplog.text


def test_a_handler_that_never_ends_does_not_hold_the_server(
    serve: Callable[..., TCPServer],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "LAST_WAIT", 0.1)
    release = threading.Event()
    threads: list[threading.Thread] = []

    def handler(connection: Connection) -> None:
        threads.append(threading.current_thread())
        connection.send(b"ready")
        release.wait(30)

    server = serve(handler)
    with socket.create_connection(server.address, timeout=10) as client:
        assert client.recv(10) == b"ready"
        begin = time.monotonic()
        server.stop(grace=0.1)

        assert time.monotonic() - begin < 5
    assert "handlers that do not end: 1" in caplog.text
    release.set()
    for thread in threads:
        thread.join(10)
