"""groundup_tcpserver.selector: what only the loop has; the rest is in test_contract."""

import socket
import threading
from typing import Any

import pytest

from groundup_tcpserver import SelectorServer, Talk


def test_everything_happens_in_one_thread() -> None:
    threads: set[str] = set()

    def handler(connection: Any) -> Talk:
        threads.add(threading.current_thread().name)
        data = yield connection.read()
        yield connection.send(data)

    before = threading.active_count()
    with SelectorServer("127.0.0.1", 0, handler) as server:
        clients = [socket.create_connection(server.address, timeout=10) for _ in range(50)]
        for client in clients:
            client.sendall(b"x")
        for client in clients:
            assert client.recv(10) == b"x"
        assert threading.active_count() == before + 1
        for client in clients:
            client.close()

    assert len(threads) == 1


def test_a_client_that_sends_without_end_does_not_stop_the_others() -> None:
    def handler(connection: Any) -> Talk:
        while True:
            yield connection.read_exactly(1)
            yield connection.send(b"y")

    with SelectorServer("127.0.0.1", 0, handler) as server:
        flood = socket.create_connection(server.address, timeout=10)
        other = socket.create_connection(server.address, timeout=10)
        with flood, other:
            flood.sendall(b"x" * 60_000)
            other.sendall(b"x")

            assert other.recv(1) == b"y"
            assert flood.recv(1) == b"y"


def test_a_plain_handler_is_refused_with_the_way_out(caplog: pytest.LogCaptureFixture) -> None:
    def handler(connection: Any) -> None:
        connection.send(b"x")

    with (
        SelectorServer("127.0.0.1", 0, handler) as server,
        socket.create_connection(server.address, timeout=10) as client,
    ):
        assert client.recv(10) == b""
    assert "must be a generator: yield connection.send(...)" in caplog.text
