"""groundup_tcpserver.lifecycle: settings, signals, and an engine that fails."""

import math
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_tcpserver import ListenError, Talk, TCPServer
from groundup_tcpserver.lifecycle import Server


def nothing(connection: Any) -> Talk:
    yield connection.send(b"nothing")


@pytest.mark.parametrize("name", ["backlog", "max_connections", "idle_timeout", "max_buffer"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_settings_that_make_no_sense_are_refused_at_once(
    engine: Callable[..., Any], name: str, value: float
) -> None:
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        engine("127.0.0.1", 0, nothing, **{name: value})


def test_grace_may_be_nothing_but_not_less(engine: Callable[..., Any]) -> None:
    engine("127.0.0.1", 0, nothing, grace=0)
    with pytest.raises(ValueError, match="grace must not be negative"):
        engine("127.0.0.1", 0, nothing, grace=-1)


@pytest.mark.parametrize("seconds", [math.inf, threading.TIMEOUT_MAX * 1.001])
def test_patience_must_end(engine: Callable[..., Any], seconds: float) -> None:
    with pytest.raises(ValueError, match="idle_timeout must be seconds that end"):
        engine("127.0.0.1", 0, nothing, idle_timeout=seconds)


def test_the_longest_patience_is_one_that_the_system_takes(make: Callable[..., Any]) -> None:
    with (
        make(nothing, idle_timeout=threading.TIMEOUT_MAX) as server,
        socket.create_connection(server.address, timeout=10) as client,
    ):
        assert client.recv(100) == b"nothing"


def test_an_address_in_use_is_an_error_of_start(make: Callable[..., Any]) -> None:
    with make(nothing) as first:
        second = TCPServer("127.0.0.1", first.address[1], nothing)
        for begin in (second.start, second.serve_forever):
            with pytest.raises(ListenError, match="in use"):
                begin()


@pytest.mark.skipif(os.name == "nt", reason="no process group to signal here")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serve_forever_and_the_old_handlers_come_back(
    make: Callable[..., Any], number: signal.Signals
) -> None:
    earlier = signal.getsignal(number)
    server = make(nothing)
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()

    server.serve_forever()

    assert server.stopping
    assert signal.getsignal(number) is earlier


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_unix_socket_is_gone_after_the_server(engine: Callable[..., Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        with engine("", 0, nothing, unix=str(path)) as server:
            assert server.address == (str(path), 0)
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                assert client.recv(10) == b"nothing"

        assert not path.exists()


def test_a_second_stop_may_shorten_the_grace(make: Callable[..., Any]) -> None:
    def wait(connection: Any) -> Talk:
        yield connection.send(b"ready")
        yield connection.read()

    server = make(wait, grace=60.0)
    server.start()
    with socket.create_connection(server.address, timeout=10) as client:
        assert client.recv(10) == b"ready"
        first = threading.Thread(target=server.stop)
        first.start()
        server.stop(0)
        first.join(10)

        assert not first.is_alive()
        assert client.recv(10) == b""


@pytest.mark.skipif(os.name == "nt", reason="no process group to signal here")
def test_a_second_ctrl_c_breaks_off_the_grace(make: Callable[..., Any]) -> None:
    def wait(connection: Any) -> Talk:
        yield connection.send(b"ready")
        yield connection.read()

    clients: list[socket.socket] = []

    def interrupt_twice(server: Any) -> None:
        clients.append(socket.create_connection(server.address, timeout=10))
        assert clients[0].recv(10) == b"ready"
        os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    server = make(wait, grace=60.0)
    begin = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        server.serve_forever(interrupt_twice)

    assert time.monotonic() - begin < 20
    assert clients[0].recv(10) == b""
    clients[0].close()


class Broken(Server):
    """An engine that fails."""

    def _serve(self, listener: socket.socket, waker: socket.socket) -> None:
        raise RuntimeError("broken")

    def _is_handler_thread(self) -> bool:
        return False


def test_an_engine_that_fails_says_so_and_leaves_nothing_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Broken("127.0.0.1", 0, nothing)
    begin = time.monotonic()

    server.serve_forever()

    assert time.monotonic() - begin < 5
    assert "the server has failed" in caplog.text
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address)
