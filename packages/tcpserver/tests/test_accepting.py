"""groundup_tcpserver.accepting: clients that have gone, and a system that has nothing left."""

import errno
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from groundup_tcpserver.accepting import FIRST_DELAY, LAST_DELAY, Acceptor


class FailingListener(socket.socket):
    """A listener that fails with one error after the other, then accepts."""

    codes: list[int]

    def accept(self) -> tuple[socket.socket, object]:
        if self.codes:
            code = self.codes.pop(0)
            raise OSError(code, os.strerror(code))
        return super().accept()


@pytest.fixture
def listener() -> Iterator[FailingListener]:
    with FailingListener() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0)
        listener.codes = []
        yield listener


def test_nobody_there_is_none(listener: FailingListener) -> None:
    acceptor = Acceptor(listener)

    assert acceptor.accept() is None
    assert acceptor.delay == 0


@pytest.mark.parametrize("code", [errno.ECONNABORTED, errno.EAGAIN, errno.EPROTO])
def test_a_client_that_has_gone_is_nothing(listener: FailingListener, code: int) -> None:
    listener.codes = [code]
    acceptor = Acceptor(listener)

    assert acceptor.accept() is None
    assert acceptor.delay == 0


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_without_descriptors_it_waits_longer_each_time_and_says_so_once(
    listener: FailingListener, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    listener.codes = [code] * 8
    acceptor = Acceptor(listener)
    delays: list[float] = []

    for _ in range(8):
        assert acceptor.accept() is None
        delays.append(acceptor.delay)

    assert delays[0] == FIRST_DELAY
    assert delays == sorted(delays)
    assert delays[-1] == LAST_DELAY
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "they have to wait" in record.getMessage()

    with socket.create_connection(listener.getsockname()) as client:
        accepted = acceptor.accept()
        assert accepted is not None
        accepted[0].close()
        assert accepted[1] == client.getsockname()
    assert acceptor.delay == 0


PROGRAM = """
import resource, socket, sys, time
from groundup_tcpserver import SelectorServer, TCPServer

def echo(connection):
    while True:
        yield connection.send((yield connection.read_until()))

server = {"threads": TCPServer, "selector": SelectorServer}[sys.argv[1]]("127.0.0.1", 0, echo)
server.start()
clients = [socket.socket() for _ in range(20)]
free = max(client.fileno() for client in clients) + 1
resource.setrlimit(resource.RLIMIT_NOFILE, (free + 10, free + 10))
for client in clients:
    client.settimeout(20)
    client.connect(server.address)
    client.sendall(b"hello\\n")
time.sleep(0.3)
for client in clients:
    assert client.recv(10) == b"hello\\n"
    client.close()
server.stop()
print("all answered")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to set")
@pytest.mark.parametrize("engine", ["threads", "selector"])
def test_real_clients_wait_until_there_are_descriptors_again(engine: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, engine],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout == "all answered\n", done.stderr
    assert done.stderr.count("cannot serve more clients") >= 1
