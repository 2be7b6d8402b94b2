"""groundup_tcpserver.connection: what only blocking calls have; the rest is in test_contract."""

import socket
import threading
from collections.abc import Iterator

import pytest

from groundup_tcpserver import Connection, ConnectionClosed, IdleTimeout
from groundup_tcpserver.connection import LINGER_BYTES, explain


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end and that of the client."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def ours(ends: tuple[socket.socket, socket.socket]) -> socket.socket:
    """What the connection reads from."""
    return ends[0]


@pytest.fixture
def pair(ends: tuple[socket.socket, socket.socket]) -> tuple[Connection, socket.socket]:
    """A connection and the client at its other end."""
    ours, theirs = ends
    return Connection(ours, ("peer", 1), idle_timeout=10, max_buffer=1000), theirs


def test_close_wakes_a_read_in_another_thread(pair: tuple[Connection, socket.socket]) -> None:
    connection, _ = pair
    threading.Timer(0.1, connection.close).start()

    with pytest.raises(ConnectionClosed):
        connection.read_until(b"\n")
    assert connection.closed
    with pytest.raises(ConnectionClosed):
        connection.send(b"x")


def test_drain_ends_a_read_between_two_messages(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    threading.Timer(0.1, connection.drain).start()

    assert connection.read(between=True) == b""
    connection.send(b"bye")
    assert client.recv(10) == b"bye"


def test_drain_before_the_read_counts_too(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.sendall(b"one\ntwo\n")
    assert connection.read_until() == b"one\n"

    connection.drain()

    assert connection.read(between=True) == b"two\n"
    assert connection.read(between=True) == b""


def test_drain_leaves_a_message_alone(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    connection.drain()
    client.sendall(b"one\n")

    assert connection.read_until() == b"one\n"


def test_finish_waits_until_the_client_has_read(pair: tuple[Connection, socket.socket]) -> None:
    connection, client = pair
    client.sendall(b"x" * 1000)
    connection.send(b"last")
    finishing = threading.Thread(target=connection.finish)
    finishing.start()

    assert client.recv(10) == b"last"
    assert client.recv(10) == b""
    client.close()
    finishing.join(10)
    assert not finishing.is_alive()


@pytest.mark.parametrize(("past", "left"), [(0, b""), (1, b"x")], ids=["edge", "one-past"])
def test_finish_reads_what_still_comes_up_to_a_limit(
    pair: tuple[Connection, socket.socket], ours: socket.socket, past: int, left: bytes
) -> None:
    connection, client = pair

    def send() -> None:
        client.sendall(b"x" * (LINGER_BYTES + past))
        client.shutdown(socket.SHUT_WR)

    sending = threading.Thread(target=send)
    with ours.dup() as same:  # open although the connection has ended: to see what was not read
        sending.start()
        connection.finish()
        sending.join(10)

        same.settimeout(10)
        assert same.recv(100) == left


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (TimeoutError("timed out"), IdleTimeout, "send or read within 2.5 seconds"),
        (ConnectionResetError(104, "reset"), ConnectionClosed, "stay connected: reset"),
        (BrokenPipeError(32, "broken"), ConnectionClosed, "stay connected: broken"),
        (OSError("odd"), ConnectionClosed, "stay connected: odd"),
    ],
    ids=["timeout", "reset", "pipe", "other"],
)
def test_errors_of_sockets_are_explained(error: OSError, kind: type, message: str) -> None:
    explained = explain(error, 2.5)

    assert type(explained) is kind
    assert message in str(explained)
